# Two images from one source: `app` (web, worker, beat and every manage.py command) and `proxy` (what the world reaches).

FROM node:22-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements-uv.txt requirements.txt ./
RUN python -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && python -m venv --without-pip /opt/venv \
    && /opt/uv/bin/uv pip sync --no-cache --python /opt/venv/bin/python --require-hashes --compile-bytecode requirements.txt

FROM python:3.11-slim-bookworm AS app
# Debian's security updates are wanted at every build, so no versions.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 landespreis \
    && useradd --system --uid 10001 --gid landespreis --home-dir /var/lib/landespreis landespreis \
    && install -d -o landespreis -g landespreis /var/lib/landespreis/files
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LANDESPREIS_VAR=/var/lib/landespreis \
    WEB_BIND=0.0.0.0:8000
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --from=assets /app/node_modules node_modules
COPY . .
RUN export SECRET_KEY=only-while-building SMTP_URL=smtp://only-while-building:25 \
    && python manage.py build_assets \
    && python manage.py collectstatic --no-input \
    && python -m compileall -q accounts jury landespreis portal rehearsal submissions
USER 10001:10001
EXPOSE 8000
ENTRYPOINT ["deploy/entrypoint"]
CMD ["web"]

# For rehearsals only (deploy/rehearsal.yml): the same with servers of its own, which may be killed.
FROM app AS rehearsal
USER 0:0
# hadolint ignore=DL3008
RUN printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d \
    && chmod +x /usr/sbin/policy-rc.d \
    && apt-get update \
    && apt-get install -y --no-install-recommends postgresql redis-server \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001

FROM caddy:2.11-alpine AS proxy
COPY deploy/Caddyfile /etc/caddy/Caddyfile
COPY deploy/pages /srv/pages
COPY --from=app /var/lib/landespreis/static /srv/static
