#!/usr/bin/env bash
# Sets up the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list and read gs://acme-lake/data/*. It will not be able to write, delete or see other prefixes.
# Can be run again: what exists is brought up to date.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1

project=acme-data
owner='Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
role_id=sluice_lake

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

account=sluice-lake@acme-data.iam.gserviceaccount.com
member="serviceAccount:$account"

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

if ! found gcloud iam service-accounts describe "$account" --project="$project"; then
  gcloud iam service-accounts create "${account%%@*}" --project="$project" --display-name=Sluice --description="$owner" >/dev/null
fi

# Grants of an earlier setup may have other conditions: they are replaced.
found gcloud storage buckets remove-iam-policy-binding gs://acme-lake --member="$member" --role="projects/$project/roles/$role_id" --all || true
gcloud storage buckets add-iam-policy-binding gs://acme-lake --member="$member" \
  --role="projects/$project/roles/$role_id" --condition-from-file="$work/condition-1.json" >/dev/null

if [ -z "$(gcloud iam service-accounts keys list --iam-account="$account" --managed-by=user --format='value(name)')" ]; then
  (umask 077 && gcloud iam service-accounts keys create sluice-key.json --iam-account="$account" >/dev/null)
  printf 'Done. The key is in sluice-key.json: give it to Sluice at once, then delete the file.\n'
else
  printf 'Done. The account has a key already; no other was made.\n'
fi
