#!/usr/bin/env bash
# Sets up the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list and read azure://lakedata.blob.core.windows.net/landing/*. It will not be able to write, delete or see other containers.
# Can be run again: what exists is brought up to date.
set -euo pipefail

owner='Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
principal=44444444-4444-4444-8444-444444444444

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

# Runs a command, for up to two minutes again while Azure does not know yet what was just made.
patiently() {
  local answer tries=0
  until answer="$("$@" 2>&1)"; do
    tries=$((tries + 1))
    case "$answer" in
      *PrincipalNotFound* | *RoleDefinitionDoesNotExist* | *"does not exist in the directory"* | *"doesn't exist"*) ;;
      *) fail "$answer" ;;
    esac
    if [ "$tries" -ge 12 ]; then fail "$answer"; fi
    sleep 10
  done
}

# Takes back what was given for this connection at a scope.
revoke() {
  local id
  for id in $(az role assignment list --scope "$1" --query "[?principalId=='$principal' && description=='$owner'].id" --output tsv); do
    az role assignment delete --ids "$id"
  done
}

# Gives a role at a scope, unless it is given there already.
assign() {
  if [ -n "$(az role assignment list --scope "$2" --role "$1" --query "[?principalId=='$principal'].id" --output tsv)" ]; then return; fi
  patiently az role assignment create --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal --role "$1" --scope "$2" --description "$owner" --output none
}

# Asked before anything is changed: each storage account and container must be there.
account_1="$(az storage account show --name lakedata --resource-group lake --query id --output tsv)"
az storage container-rm show --storage-account "$account_1" --name landing --output none

assign 'Storage Blob Delegator' "$account_1"
# A role given by an earlier setup may have another condition: it is replaced.
revoke "$account_1/blobServices/default/containers/landing"
assign 'Storage Blob Data Reader' "$account_1/blobServices/default/containers/landing"

printf 'Done.\n'
printf 'A new role takes up to ten minutes to work.\n'
