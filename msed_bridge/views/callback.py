"""The end-point that МСЭД calls: bytes in, one operation, bytes out."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common import clock
from msed_bridge import operations, signature, soap
from msed_bridge.soap import AuthenticationError, MessageRefusedError, NotUnderstoodError

logger = logging.getLogger(__name__)

_XML = "text/xml; charset=utf-8"


@csrf_exempt
@require_POST
def callback(request: HttpRequest) -> HttpResponse:
    """Takes a SOAP message of МСЭД; a refusal is a SOAP fault by HTTP 500, as SOAP 1.1 wants."""
    keys = signature.keys()
    try:
        header, child = soap.parse(_message(request), (request.content_params or {}).get("charset"))
        if keys is not None:
            signature.verify(child.getroottree().getroot(), keys, now=clock.now())
        soap.check_understood(header)
        receipt = operations.receive_delivery(header=header, child=child)
    except (MessageRefusedError, AuthenticationError, NotUnderstoodError) as error:
        logger.warning("a message of МСЭД is refused: %s", error)
        return _reply(soap.fault(error), keys, status=500)
    except Exception:
        logger.exception("a message of МСЭД could not be taken")
        failure = MessageRefusedError("FAILURE", "internal failure")
        return _reply(soap.fault(failure), keys, status=500)
    return _reply(soap.envelope(receipt), keys)


def _reply(envelope: bytes, keys: signature.Keys | None, *, status: int = 200) -> HttpResponse:
    if keys is not None:
        envelope = signature.sign(envelope, keys, now=clock.now())
    return HttpResponse(envelope, content_type=_XML, status=status)


def _message(request: HttpRequest) -> bytes:
    """The body, read only when it is not too long: the contract's limit stands above Django's own."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > soap.MAX_MESSAGE_BYTES:
        raise MessageRefusedError("TOO_LARGE", "a message is at most 16 MiB")
    if "HTTP_TRANSFER_ENCODING" in request.META and request.META.get("wsgi.input_terminated"):
        # Sent in chunks, its length is not told: Django would read nothing, the server knows the end.
        return bytes(request.META["wsgi.input"].read(soap.MAX_MESSAGE_BYTES + 1))
    return request.read(soap.MAX_MESSAGE_BYTES + 1)
