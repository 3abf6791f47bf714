#!/usr/bin/env bash
# The Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list and read s3://raw/data/*. It will not be able to write, delete or see other prefixes.
# Can be run again: the policy is brought up to date, the user keeps its secret.
# Usage: bash FILE ALIAS, where ALIAS is your mc alias of the store.
set -euo pipefail

alias="${1:?give the mc alias of the store}"
user=sluice-lake
policy=sluice-lake

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cat > "$work/permission-policy.json" <<'JSON'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "LocateBuckets",
      "Effect": "Allow",
      "Action": [
        "s3:GetBucketLocation"
      ],
      "Resource": [
        "arn:aws:s3:::raw"
      ]
    },
    {
      "Sid": "List",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucket"
      ],
      "Resource": [
        "arn:aws:s3:::raw"
      ],
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "data/",
            "data/*"
          ]
        }
      }
    },
    {
      "Sid": "ReadObjects",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:GetObjectVersion"
      ],
      "Resource": [
        "arn:aws:s3:::raw/data/*"
      ]
    }
  ]
}
JSON
mc admin policy create "$alias" "$policy" "$work/permission-policy.json"

if mc admin user info "$alias" "$user" >/dev/null 2>&1; then
  printf 'The user %s exists already and keeps its secret.\n' "$user"
else
  secret="$(openssl rand -hex 20)"
  # The secret goes in through standard input: arguments can be read by everybody on the machine.
  printf '%s\n%s\n' "$user" "$secret" | mc admin user add "$alias"
  printf 'Give these two to Sluice at once; the secret is shown only here:\n%s %s\n' "$user" "$secret"
fi

if ! mc admin policy entities "$alias" --user "$user" 2>/dev/null | grep -qF "$policy"; then
  mc admin policy attach "$alias" "$policy" --user "$user"
fi
