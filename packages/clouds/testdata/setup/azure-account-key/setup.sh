#!/usr/bin/env bash
# Shows the key for the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to do anything in the storage account lakedata, its settings included: nothing narrows an account key.
set -euo pipefail

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

printf 'A key of %s. Give it to Sluice at once: it can do everything.\n' lakedata >&2
az storage account keys list --account-name lakedata --query '[0].value' --output tsv
