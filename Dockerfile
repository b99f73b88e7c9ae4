# The portal's image (default target `portal`), its reverse proxy's (`proxy`) and its file store's (`storage`). Exact tags
# are pinned; whoever keeps a registry pins their digests there as well.
FROM python:3.11.15-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements/production.txt requirements/production.txt
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes --no-deps -r requirements/production.txt
ENV PATH=/opt/venv/bin:$PATH
COPY manage.py ./
COPY vssid vssid
COPY accounts accounts
COPY insurance insurance
COPY services services
COPY templates templates
COPY static static
# Both need settings, and neither uses a key: `example` brings throw-away ones that stay in this layer's process.
RUN python -m vssid.up.example python manage.py messages --compile \
    && python -m vssid.up.example python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q /app


FROM caddy:2.11.4-alpine AS proxy

# The ports below 1024 are Docker's to open; the program needs no capability and runs without one.
RUN setcap -r /usr/bin/caddy \
    && adduser -D -H -u 10002 proxy \
    && chown -R proxy:proxy /data /config
COPY docs/deployment/Caddyfile /etc/caddy/Caddyfile
USER 10002:10002


FROM chrislusf/seaweedfs:4.48 AS storage

# The image's own start-up wants root and reserves a gigabyte for each volume.
RUN mkdir /files \
    && chown 10003:10003 /files \
    && printf '[leveldb2]\nenabled = true\ndir = "/files/filer"\n' > /etc/seaweedfs/filer.toml
WORKDIR /files
USER 10003:10003
ENTRYPOINT ["/usr/bin/weed", "-logtostderr=true"]


FROM python:3.11.15-slim-bookworm AS portal

# Debian's security updates are wanted, so these packages carry no version.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-roboto-unhinted \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin portal
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=vssid.settings
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-I", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "--config", "python:vssid.ops.gunicorn", "--bind", "0.0.0.0:8000", "vssid.wsgi"]
