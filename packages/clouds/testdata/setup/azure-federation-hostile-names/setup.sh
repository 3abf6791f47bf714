#!/usr/bin/env bash
# Sets up the Sluice connection näher (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list, read and delete azure://lakedata.blob.core.windows.net/landing/a "b" $(c) `d` ${e} %{f} [g] é 中/* and azure://lakedata.blob.core.windows.net/landing/[x] 100% of +it.csv. It will not be able to write or see other prefixes.
# Can be run again: what exists is brought up to date.
set -euo pipefail

owner='Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
role='sluice-n-her-e0665176 conn_a2c4e6g2i4k6m2o4q6s2'
application='sluice-n-her-e0665176 conn_a2c4e6g2i4k6m2o4q6s2'
credential=conn_a2c4e6g2i4k6m2o4q6s2

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

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

# Gives a role at a scope under the condition in a file.
assign_under() {
  patiently az role assignment create --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal --role "$1" --scope "$2" --description "$owner" --output none --condition "$(cat "$3")" --condition-version 2.0
}

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cat > "$work/federated-credential.json" <<'JSON'
{
  "name": "conn_a2c4e6g2i4k6m2o4q6s2",
  "issuer": "https://sluice.example.com",
  "subject": "organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2",
  "audiences": [
    "api://AzureADTokenExchange"
  ],
  "description": "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}
JSON
cat > "$work/custom-role.json" <<'JSON'
{
  "Name": "sluice-n-her-e0665176 conn_a2c4e6g2i4k6m2o4q6s2",
  "IsCustom": true,
  "Description": "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2",
  "Actions": [],
  "NotActions": [],
  "DataActions": [
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
    "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"
  ],
  "NotDataActions": [],
  "AssignableScopes": [
    "ASSIGNABLE_SCOPES"
  ]
}
JSON
cat > "$work/condition-1.txt" <<'JSON'
(
 (
  !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND SubOperationMatches{'Blob.List'})
 )
 OR
 (
  @Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'a "b" $(c) `d` ${e} %{f} [g] é 中/'
 )
)
AND
(
 (
  !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})
  AND
  !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'})
 )
 OR
 (
  @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'a "b" $(c) `d` ${e} %{f} [g] é 中/'
  OR
  @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringEquals '[x] 100% of +it.csv'
 )
)
JSON

# Asked before anything is changed: each storage account and container must be there.
account_1="$(az storage account show --name lakedata --query id --output tsv)"
az storage container-rm show --storage-account "$account_1" --name landing --output none

app_id="$(az ad app list --filter "displayName eq '$application'" --query '[].appId' --output tsv)"
case "$app_id" in
  *[![:alnum:]-]*) fail "There are several applications named $application: give another name, or delete those that nobody uses." ;;
esac
principal=""
if [ -n "$app_id" ]; then principal="$(az ad sp list --filter "appId eq '$app_id'" --query '[].id' --output tsv)"; fi
if [ -z "$app_id" ]; then
  app_id="$(az ad app create --display-name "$application" --sign-in-audience AzureADMyOrg --query appId --output tsv)"
fi
if [ -z "$principal" ]; then
  patiently az ad sp create --id "$app_id" --output none
  principal="$(az ad sp list --filter "appId eq '$app_id'" --query '[].id' --output tsv)"
fi
if [ -n "$(az ad app federated-credential list --id "$app_id" --query "[?name=='$credential'].id" --output tsv)" ]; then
  az ad app federated-credential update --id "$app_id" --federated-credential-id "$credential" --parameters "$work/federated-credential.json" --output none
else
  az ad app federated-credential create --id "$app_id" --parameters "$work/federated-credential.json" --output none
fi

scopes="\"${account_1%%/providers/*}\""
sed "s|\"ASSIGNABLE_SCOPES\"|$scopes|" "$work/custom-role.json" > "$work/role.json"
role_owner="$(az role definition list --scope "${account_1%%/providers/*}" --custom-role-only true --name "$role" --query '[0].description' --output tsv)"
case "$role_owner" in
  "") az role definition create --role-definition "@$work/role.json" --output none ;;
  "$owner") az role definition update --role-definition "@$work/role.json" --output none ;;
  *) fail "The role $role exists, but not for this connection: choose another name." ;;
esac

assign 'Storage Blob Delegator' "$account_1"
# A role given by an earlier setup may have another condition: it is replaced.
revoke "$account_1/blobServices/default/containers/landing"
assign_under "$role" "$account_1/blobServices/default/containers/landing" "$work/condition-1.txt"

tenant="$(az account show --query tenantId --output tsv)"
printf 'Done. Tenant id: %s\nClient id: %s\n' "$tenant" "$app_id"
printf 'Tell Sluice: sluice connection update %s --tenant-id %s --client-id %s\n' 'näher' "$tenant" "$app_id"
printf 'A new role takes up to ten minutes to work.\n'
