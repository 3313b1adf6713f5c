"""The МСЭД stand-in: the other side of contracts/msed.wsdl, for development, tests, the demo."""
