#!/usr/bin/env bash
# Removes what the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2) was given.
# Containers and what is in them stay. Can be run again.
set -euo pipefail

owner='Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
role='sluice-lake conn_a2c4e6g2i4k6m2o4q6s2'
principal=44444444-4444-4444-8444-444444444444

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

tenant="$(az account show --query tenantId --output tsv)"
if [ "$tenant" != 11111111-1111-4111-8111-111111111111 ]; then
  fail "You are signed in to the tenant $tenant; the connection is for 11111111-1111-4111-8111-111111111111: az login --tenant 11111111-1111-4111-8111-111111111111"
fi

# Takes back what was given for this connection at a scope.
revoke() {
  local id
  for id in $(az role assignment list --scope "$1" --query "[?principalId=='$principal' && description=='$owner'].id" --output tsv); do
    az role assignment delete --ids "$id"
  done
}

account_1="$(az storage account show --name lakedata --query id --output tsv)"
revoke "$account_1/blobServices/default/containers/landing"
group="${account_1%%/providers/*}"
if [ "$(az role definition list --scope "$group" --custom-role-only true --name "$role" --query '[0].description' --output tsv)" = "$owner" ]; then
  az role definition delete --scope "$group" --custom-role-only true --name "$role"
fi
printf 'Done. The connection has no access any more.\n'
