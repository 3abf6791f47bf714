#!/usr/bin/env bash
# Sets up the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list, read and write s3://test-bucket-123/data/*. It will not be able to delete or see other prefixes. Writing includes replacing existing objects.
# Can be run again: what exists is brought up to date.
set -euo pipefail
export AWS_PAGER=''
# IAM has no regions, but the CLI wants to know the partition.
export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1

connection=conn_a2c4e6g2i4k6m2o4q6s2
user_name=sluice-lake
policy_name=sluice-lake

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Runs a command: true if it went well, false if IAM knows no such thing; any other answer ends the script.
found() {
  local answer
  if answer="$("$@" 2>&1 >/dev/null)"; then return 0; fi
  case "$answer" in
    *NoSuchEntity*) return 1 ;;
    *) fail "$answer" ;;
  esac
}

# Ends the script unless the thing carries the tag of this connection: nothing else is ever changed or removed.
must_be_ours() {
  local owner
  owner="$(aws iam "$2" "$3" "$4" --query "*.Tags[?Key=='sluice:connection'].Value | [0] | [0]" --output text)"
  if [ "$owner" != "$connection" ]; then
    fail "The $1 $4 exists, but not for this connection: choose another name, or give it the tag sluice:connection = $connection."
  fi
}

account="$(aws sts get-caller-identity --query Account --output text)"
if [ "$account" != 987654321987 ]; then
  fail "These credentials belong to account $account; this script is for account 987654321987."
fi
policy_arn="arn:aws:iam::$account:policy/$policy_name"
user_path=/

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
        "arn:aws:s3:::test-bucket-123"
      ]
    },
    {
      "Sid": "List",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucket"
      ],
      "Resource": [
        "arn:aws:s3:::test-bucket-123"
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
      "Sid": "ReadWriteObjects",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts"
      ],
      "Resource": [
        "arn:aws:s3:::test-bucket-123/data/*"
      ]
    }
  ]
}
JSON
cat > "$work/tags.json" <<'JSON'
[
  {
    "Key": "sluice:connection",
    "Value": "conn_a2c4e6g2i4k6m2o4q6s2"
  }
]
JSON

if found aws iam get-user --user-name "$user_name"; then
  must_be_ours user get-user --user-name "$user_name"
  aws iam tag-user --user-name "$user_name" --tags "file://$work/tags.json"
else
  aws iam create-user --user-name "$user_name" --path "$user_path" \
    --tags "file://$work/tags.json" >/dev/null
fi

if found aws iam get-policy --policy-arn "$policy_arn"; then
  must_be_ours policy get-policy --policy-arn "$policy_arn"
  # A policy keeps at most five versions: make room by dropping the oldest.
  oldest="$(aws iam list-policy-versions --policy-arn "$policy_arn" \
    --query 'reverse(sort_by(Versions[?!IsDefaultVersion], &CreateDate))[3].VersionId' --output text)"
  if [ "$oldest" != None ]; then
    aws iam delete-policy-version --policy-arn "$policy_arn" --version-id "$oldest"
  fi
  aws iam create-policy-version --policy-arn "$policy_arn" --set-as-default \
    --policy-document "file://$work/permission-policy.json" >/dev/null
else
  aws iam create-policy --policy-name "$policy_name" --tags "file://$work/tags.json" \
    --description 'What Sluice may do in the locations of one connection' \
    --policy-document "file://$work/permission-policy.json" >/dev/null
fi
aws iam attach-user-policy --user-name "$user_name" --policy-arn "$policy_arn"

if [ "$(aws iam list-access-keys --user-name "$user_name" --query 'length(AccessKeyMetadata)' --output text)" = 0 ]; then
  printf 'Done. Give these two to Sluice at once, access key id and secret access key; the secret is shown only here:\n'
  aws iam create-access-key --user-name "$user_name" --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text
else
  printf 'Done. The user has an access key already; no other was made.\n'
fi
