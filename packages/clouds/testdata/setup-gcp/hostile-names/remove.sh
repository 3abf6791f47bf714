#!/usr/bin/env bash
# Removes what the Sluice connection x'; rm -rf "$HOME" `id`
# JSON
# ${bad} %{bad} (conn_a2c4e6g2i4k6m2o4q6s2) was given.
# Buckets and what is in them stay. Can be run again.
set -euo pipefail
export CLOUDSDK_CORE_DISABLE_PROMPTS=1

project="${1:-$(gcloud config get-value project 2>/dev/null)}"
owner='Sluice connection conn_a2c4e6g2i4k6m2o4q6s2'
role_id=sluice_x_rm_rf_home_id_json_bad_bad_dbd6be3c
pool_id=sluice-x-rm-rf-home-id-dbd6be3c
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

[ -n "$project" ] || fail 'Name the project: bash remove.sh PROJECT_ID'
printf 'Working in project %s.\n' "$project"
project_number="$(gcloud projects describe "$project" --format='value(projectNumber)')"
pool="projects/$project_number/locations/global/workloadIdentityPools/$pool_id"
us="principal://iam.googleapis.com/$pool/subject/$subject"
member="$us"

found gcloud storage buckets remove-iam-policy-binding gs://acme-lake --member="$member" --role="projects/$project/roles/$role_id" --all || true
if found gcloud iam workload-identity-pools describe "$pool_id" --project="$project" --location=global && [ "$(gcloud iam workload-identity-pools describe "$pool_id" --project="$project" --location=global --format='value(state)')" != DELETED ]; then
  must_be_ours "workload identity pool $pool_id" "$(gcloud iam workload-identity-pools describe "$pool_id" --project="$project" --location=global --format='value(description)')"
  gcloud iam workload-identity-pools delete "$pool_id" --project="$project" --location=global >/dev/null
fi
if found gcloud iam roles describe "$role_id" --project="$project" && [ "$(gcloud iam roles describe "$role_id" --project="$project" --format='value(deleted)')" != True ]; then
  must_be_ours "role $role_id" "$(gcloud iam roles describe "$role_id" --project="$project" --format='value(description)')"
  gcloud iam roles delete "$role_id" --project="$project" >/dev/null
fi
printf 'Done. The connection has no access any more.\n'
