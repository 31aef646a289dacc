"""What gunicorn serves in a run: the site's own entry, with the bare pages beside it."""

from config.wsgi import application as site
from tests.bench.bare import beside

application = beside(site)
