#!/usr/bin/env bash
# Removes what the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2) was given.
# Containers and what is in them stay. Can be run again.
set -euo pipefail

owner='Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
role='sluice-lake conn_a2c4e6g2i4k6m2o4q6s2'
application='sluice-lake conn_a2c4e6g2i4k6m2o4q6s2'
credential=conn_a2c4e6g2i4k6m2o4q6s2

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Takes back what was given for this connection at a scope.
revoke() {
  local id
  for id in $(az role assignment list --scope "$1" --query "[?principalId=='$principal' && description=='$owner'].id" --output tsv); do
    az role assignment delete --ids "$id"
  done
}

account_1="$(az storage account show --name lakedata --query id --output tsv)"
app_id="$(az ad app list --filter "displayName eq '$application'" --query '[].appId' --output tsv)"
case "$app_id" in
  *[![:alnum:]-]*) fail "There are several applications named $application: give another name, or delete those that nobody uses." ;;
esac
principal=""
if [ -n "$app_id" ]; then principal="$(az ad sp list --filter "appId eq '$app_id'" --query '[].id' --output tsv)"; fi
if [ -n "$principal" ]; then
  revoke "$account_1"
  revoke "$account_1/blobServices/default/containers/landing"
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
