#!/usr/bin/env bash
# Sets up the Sluice connection lake (conn_a2c4e6g2i4k6m2o4q6s2).
# Sluice will be able to list, read, write and delete s3://test-bucket-123/data/*. It will not be able to see other prefixes. Writing includes replacing existing objects.
# Can be run again: what exists is brought up to date.
set -euo pipefail
export AWS_PAGER=''
# IAM has no regions, but the CLI wants to know the partition.
export AWS_REGION=cn-north-1 AWS_DEFAULT_REGION=cn-north-1

connection=conn_a2c4e6g2i4k6m2o4q6s2
role_name=lake-test
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
policy_arn="arn:aws-cn:iam::$account:policy/$policy_name"
issuer=example.com/sluice/1
provider_arn="arn:aws-cn:iam::$account:oidc-provider/$issuer"
role_path=/data/

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
        "arn:aws-cn:s3:::test-bucket-123"
      ]
    },
    {
      "Sid": "List",
      "Effect": "Allow",
      "Action": [
        "s3:ListBucket"
      ],
      "Resource": [
        "arn:aws-cn:s3:::test-bucket-123"
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
      "Sid": "ReadWriteDeleteObjects",
      "Effect": "Allow",
      "Action": [
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:DeleteObject"
      ],
      "Resource": [
        "arn:aws-cn:s3:::test-bucket-123/data/*"
      ]
    }
  ]
}
JSON
cat > "$work/trust-policy.json" <<'JSON'
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "LetSluiceAssumeThisRole",
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws-cn:iam::987654321987:oidc-provider/example.com/sluice/1"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "example.com/sluice/1:aud": "sts.amazonaws.com.cn",
          "example.com/sluice/1:sub": "organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"
        }
      }
    }
  ]
}
JSON
cat > "$work/tags.json" <<'JSON'
[
  {
    "Key": "sluice:connection",
    "Value": "conn_a2c4e6g2i4k6m2o4q6s2"
  },
  {
    "Key": "team",
    "Value": "data"
  }
]
JSON

cat > "$work/encryption.json" <<'JSON'
{
  "Rules": [
    {
      "ApplyServerSideEncryptionByDefault": {
        "SSEAlgorithm": "AES256"
      }
    }
  ]
}
JSON
# A bucket that exists already stays as it is.
if ! aws s3api head-bucket --bucket test-bucket-123 --region cn-north-1 --expected-bucket-owner "$account" >/dev/null 2>&1; then
  aws s3api create-bucket --bucket test-bucket-123 --region cn-north-1 --create-bucket-configuration LocationConstraint=cn-north-1 --object-ownership BucketOwnerEnforced >/dev/null
  aws s3api put-public-access-block --bucket test-bucket-123 --region cn-north-1 --public-access-block-configuration \
    BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true
  aws s3api put-bucket-encryption --bucket test-bucket-123 --region cn-north-1 \
    --server-side-encryption-configuration "file://$work/encryption.json"
fi

if found aws iam get-open-id-connect-provider --open-id-connect-provider-arn "$provider_arn"; then
  aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn "$provider_arn" --client-id sts.amazonaws.com.cn
else
  # AWS gets the certificate by itself; an AWS CLI older than July 2024 asks for --thumbprint-list.
  aws iam create-open-id-connect-provider --url https://example.com/sluice/1 --client-id-list sts.amazonaws.com.cn \
    --tags "Key=sluice:issuer,Value=$issuer" >/dev/null
fi

if found aws iam get-role --role-name "$role_name"; then
  must_be_ours role get-role --role-name "$role_name"
  aws iam update-assume-role-policy --role-name "$role_name" --policy-document "file://$work/trust-policy.json"
  aws iam tag-role --role-name "$role_name" --tags "file://$work/tags.json"
else
  aws iam create-role --role-name "$role_name" --path "$role_path" \
    --description 'Lets Sluice use the locations of one connection' --max-session-duration 3600 \
    --assume-role-policy-document "file://$work/trust-policy.json" \
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
aws iam attach-role-policy --role-name "$role_name" --policy-arn "$policy_arn"
# An earlier setup may have been too long for a managed policy.
found aws iam delete-role-policy --role-name "$role_name" --policy-name "$policy_name" || true

role_arn="$(aws iam get-role --role-name "$role_name" --query Role.Arn --output text)"
expected_arn="arn:aws-cn:iam::$account:role$role_path$role_name"
if [ "$role_arn" != "$expected_arn" ]; then
  fail "The role exists under another path: it is $role_arn, not $expected_arn."
fi
printf 'Done. Role ARN: %s\n' "$role_arn"
