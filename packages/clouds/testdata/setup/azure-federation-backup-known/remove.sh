#!/usr/bin/env bash
# Removes what the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2) was given.
# Containers and what is in them stay. Can be run again.
set -euo pipefail

owner='Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
role='Sluice backups'
credential=conn_a2c4e6g2i4k6m2o4q6s2

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

if [ "$(az account show --query id --output tsv)" != 22222222-2222-4222-8222-222222222222 ]; then
  fail 'Choose the subscription first: az account set --subscription 22222222-2222-4222-8222-222222222222'
fi
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

account_1="$(az storage account show --name lakedata --resource-group lake --query id --output tsv)"
app_id=55555555-5555-4555-8555-555555555555
principal="$(az ad sp list --filter "appId eq '$app_id'" --query '[].id' --output tsv)"
if [ -n "$principal" ]; then
  revoke "$account_1"
  revoke "$account_1/blobServices/default/containers/backups"
fi
group="${account_1%%/providers/*}"
if [ "$(az role definition list --scope "$group" --custom-role-only true --name "$role" --query '[0].description' --output tsv)" = "$owner" ]; then
  az role definition delete --scope "$group" --custom-role-only true --name "$role"
fi
if [ -n "$app_id" ]; then
  if [ "$(az ad app show --id "$app_id" --query displayName --output tsv)" = 'sluice-lake conn_a2c4e6g2i4k6m2o4q6s2' ]; then
    az ad app delete --id "$app_id"
  elif [ -n "$(az ad app federated-credential list --id "$app_id" --query "[?name=='$credential'].id" --output tsv)" ]; then
    az ad app federated-credential delete --id "$app_id" --federated-credential-id "$credential"
  fi
fi
printf 'Done. The connection has no access any more.\n'
