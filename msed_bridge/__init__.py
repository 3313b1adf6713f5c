"""The bridge to МСЭД: SOAP both ways by contracts/msed.wsdl, with its own books (R5)."""
