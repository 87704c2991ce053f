# docker build -t lstm-lens . && docker run --rm -p 8501:8501 lstm-lens      (a class: compose.yaml)
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# What changes seldom comes first: TensorFlow alone is most of the image.
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock

COPY app.py LICENSE ./
COPY .streamlit .streamlit
COPY lstm_core lstm_core
COPY pages pages
COPY assets assets
RUN python -m compileall -q app.py lstm_core pages && useradd --uid 1000 --create-home lens

# Nothing in /app can be written by the app, and nothing needs to be.
USER 1000
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://localhost:8501/_stcore/health', timeout=2)"]
CMD ["streamlit", "run", "app.py", "--server.port=8501"]
