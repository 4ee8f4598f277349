"""The WSGI application, for Granian or any other server. Not ASGI: docs/decisions/0003."""

from django.core.wsgi import get_wsgi_application

from qipan.site.setup import set_up

set_up(for_visitors=True)
application = get_wsgi_application()
