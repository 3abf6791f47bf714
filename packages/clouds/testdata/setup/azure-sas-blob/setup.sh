#!/usr/bin/env bash
# Makes a SAS for the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list and read azure://lakedata.blob.core.windows.net/landing/exports/flights (final) 2026.parquet. It will not be able to write, delete or see other objects. The SAS works until it ends.
set -euo pipefail

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# In 90 days: with GNU's date, or that of macOS.
expiry="$(date -u -d '+90 days' +%Y-%m-%dT%H:%MZ 2>/dev/null || date -u -v+90d +%Y-%m-%dT%H:%MZ)"
AZURE_STORAGE_KEY="$(az storage account keys list --account-name lakedata --resource-group lake --query '[0].value' --output tsv)"
export AZURE_STORAGE_KEY
printf 'The SAS, until %s. Give it to Sluice at once: whoever has it can use it.\n' "$expiry" >&2
az storage blob generate-sas --container-name landing --name 'exports/flights (final) 2026.parquet' --account-name lakedata \
  --permissions r --expiry "$expiry" --https-only --output tsv
