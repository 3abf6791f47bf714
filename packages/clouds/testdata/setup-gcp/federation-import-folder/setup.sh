#!/usr/bin/env bash
# Sets up the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list and read gs://acme-lake/data/*. It will not be able to write, delete or see other prefixes.
# Can be run again: what exists is brought up to date.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1

project=acme-data
owner='Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
role_id=sluice_lake
pool_id=sluice-lake
provider_id=sluice
subject=organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs a command: true if it went well, false if there is no such thing; any other answer ends the script.
found() {
  local answer
  if answer="$("$@" 2>&1 >/dev/null)"; then return 0; fi
  case "$answer" in
    *NOT_FOUND* | *"not found"*) return 1 ;;
    *) fail "$answer" ;;
  esac
}

# Ends the script unless the thing was made for this connection: nothing else is ever changed or removed.
must_be_ours() {
  if [ "$2" != "$owner" ]; then
    fail "The $1 exists, but not for this connection: choose another name, or give it the description: $owner"
  fi
}

project_number="$(gcloud projects describe "$project" --format='value(projectNumber)')"
if [ "$project_number" != 123456789012 ]; then
  fail "Project $project has the number $project_number; the connection expects the pool in 123456789012."
fi
pool="projects/$project_number/locations/global/workloadIdentityPools/$pool_id"
us="principal://iam.googleapis.com/$pool/subject/$subject"
member="$us"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cat > "$work/custom-role.json" <<'JSON'
{
  "title": "Sluice",
  "description": "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2",
  "stage": "GA",
  "includedPermissions": [
    "storage.buckets.get",
    "storage.objects.list",
    "storage.objects.get"
  ]
}
JSON
cat > "$work/condition-1.json" <<'JSON'
{
  "title": "sluice",
  "description": "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2",
  "expression": "resource.type == 'storage.googleapis.com/Bucket' || resource.name.startsWith('projects/_/buckets/acme-lake/objects/data/')"
}
JSON

if [ "$(gcloud storage buckets describe gs://acme-lake --format='value(uniform_bucket_level_access)')" != True ]; then
  fail 'The grant is limited to a folder, which needs uniform bucket-level access: gcloud storage buckets update gs://acme-lake --uniform-bucket-level-access. It ends access that is granted by ACLs only.'
fi

if found gcloud iam roles describe "$role_id" --project="$project"; then
  must_be_ours "role $role_id" "$(gcloud iam roles describe "$role_id" --project="$project" --format='value(description)')"
  if [ "$(gcloud iam roles describe "$role_id" --project="$project" --format='value(deleted)')" = True ]; then
    gcloud iam roles undelete "$role_id" --project="$project" >/dev/null
  fi
  gcloud iam roles update "$role_id" --project="$project" --file="$work/custom-role.json" >/dev/null
else
  gcloud iam roles create "$role_id" --project="$project" --file="$work/custom-role.json" >/dev/null
fi

if found gcloud iam workload-identity-pools describe "$pool_id" --project="$project" --location=global; then
  must_be_ours "workload identity pool $pool_id" "$(gcloud iam workload-identity-pools describe "$pool_id" --project="$project" --location=global --format='value(description)')"
  if [ "$(gcloud iam workload-identity-pools describe "$pool_id" --project="$project" --location=global --format='value(state)')" = DELETED ]; then
    gcloud iam workload-identity-pools undelete "$pool_id" --project="$project" --location=global >/dev/null
  fi
else
  gcloud iam workload-identity-pools create "$pool_id" --project="$project" --location=global --display-name=Sluice --description="$owner" >/dev/null
fi

if found gcloud iam workload-identity-pools providers describe "$provider_id" --project="$project" --location=global --workload-identity-pool="$pool_id"; then
  must_be_ours "provider $provider_id" "$(gcloud iam workload-identity-pools providers describe "$provider_id" --project="$project" --location=global --workload-identity-pool="$pool_id" --format='value(description)')"
  if [ "$(gcloud iam workload-identity-pools providers describe "$provider_id" --project="$project" --location=global --workload-identity-pool="$pool_id" --format='value(state)')" = DELETED ]; then
    gcloud iam workload-identity-pools providers undelete "$provider_id" --project="$project" --location=global --workload-identity-pool="$pool_id" >/dev/null
  fi
  gcloud iam workload-identity-pools providers update-oidc "$provider_id" --project="$project" --location=global --workload-identity-pool="$pool_id" \
    --issuer-uri=https://sluice.example.com \
    --attribute-mapping=google.subject=assertion.sub --attribute-condition='assertion.sub == '\''organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2'\''' \
    --display-name=Sluice --description="$owner" >/dev/null
else
  gcloud iam workload-identity-pools providers create-oidc "$provider_id" --project="$project" --location=global --workload-identity-pool="$pool_id" \
    --issuer-uri=https://sluice.example.com \
    --attribute-mapping=google.subject=assertion.sub --attribute-condition='assertion.sub == '\''organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2'\''' \
    --display-name=Sluice --description="$owner" >/dev/null
fi

# Grants of an earlier setup may have other conditions: they are replaced.
found gcloud storage buckets remove-iam-policy-binding gs://acme-lake --member="$member" --role="projects/$project/roles/$role_id" --all || true
gcloud storage buckets add-iam-policy-binding gs://acme-lake --member="$member" \
  --role="projects/$project/roles/$role_id" --condition-from-file="$work/condition-1.json" >/dev/null

printf 'Done. Workload identity provider: %s\n' "$pool/providers/$provider_id"
