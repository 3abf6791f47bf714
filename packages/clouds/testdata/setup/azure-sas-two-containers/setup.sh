#!/usr/bin/env bash
# Makes a SAS for the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list, read, write and delete in every container of the storage account lakedata, and to create containers and delete containers, until the SAS ends.
set -euo pipefail

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

if [ "$(az account show --query id --output tsv)" != 22222222-2222-4222-8222-222222222222 ]; then
  fail 'Choose the subscription first: az account set --subscription 22222222-2222-4222-8222-222222222222'
fi

expiry=2027-01-31T00:00:00Z
AZURE_STORAGE_KEY="$(az storage account keys list --account-name lakedata --resource-group lake --query '[0].value' --output tsv)"
export AZURE_STORAGE_KEY
printf 'The SAS, until %s. Give it to Sluice at once: whoever has it can use it.\n' "$expiry" >&2
az storage account generate-sas --services b --resource-types co --account-name lakedata \
  --permissions rwdl --expiry "$expiry" --https-only --output tsv
