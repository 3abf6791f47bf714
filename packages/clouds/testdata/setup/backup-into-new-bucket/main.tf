terraform {
  required_version = ">= 1.3"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "region" {
  description = "Region in which the bucket is created"
  type        = string
  default     = "us-west-2"
}

variable "tags" {
  description = "Tags of what is created"
  type        = map(string)
  default = {
    "sluice:connection" = "conn_a2c4e6g2i4k6m2o4q6s2"
    team                = "data platform"
    cost-center         = "42"
  }
}

variable "permissions_boundary_arn" {
  description = "Managed policy that bounds the permissions; null for none"
  type        = string
  default     = "arn:aws:iam::987654321987:policy/third-parties"
}

variable "role_name" {
  description = "Name of the role"
  type        = string
  default     = "acme-backup"
}

variable "role_path" {
  description = "Path of the role"
  type        = string
  default     = "/data/"
}

variable "platform_account_id" {
  description = "Sluice's AWS account"
  type        = string
  default     = "123456789012"
}

variable "external_id" {
  description = "Bound to this connection of Sluice; never changes"
  type        = string
  default     = "sluice-0123456789abcdef0123456789abcdef"
}

variable "platform_principal_arn" {
  description = "Sluice's principal: the only one that may assume the role"
  type        = string
  default     = "arn:aws:iam::123456789012:role/xxxxxxx/tnabcdefg/xxxxxxx-tnabcdefg"
}

variable "policy_name" {
  description = "Name of the permission policy"
  type        = string
  default     = "acme-backup-access"
}

variable "bucket" {
  description = "Bucket, without s3://"
  type        = string
  default     = "acme-backups"
}

variable "kms_write_key_arn" {
  description = "ARN of a KMS key"
  type        = string
  default     = "arn:aws:kms:us-west-2:987654321987:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd"
}

variable "bucket_kms_key_arn" {
  description = "KMS key that encrypts the bucket by default"
  type        = string
  default     = "arn:aws:kms:us-west-2:987654321987:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd"
}

provider "aws" {
  region              = var.region
  allowed_account_ids = ["987654321987"]
}

data "aws_partition" "current" {}

resource "aws_iam_role" "sluice" {
  name                 = var.role_name
  path                 = var.role_path
  description          = "Lets Sluice use the locations of one connection"
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "LetSluiceAssumeThisRole"
        Effect = "Allow"
        Principal = {
          AWS = "arn:${data.aws_partition.current.partition}:iam::${var.platform_account_id}:root"
        }
        Action = "sts:AssumeRole"
        Condition = {
          StringEquals = {
            "sts:ExternalId" = var.external_id
          }
          ArnEquals = {
            "aws:PrincipalArn" = var.platform_principal_arn
          }
        }
      },
    ]
  })
}

resource "aws_iam_policy" "sluice" {
  name        = var.policy_name
  description = "What Sluice may do in the locations of one connection"
  tags        = var.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LocateBuckets"
        Effect   = "Allow"
        Action   = ["s3:GetBucketLocation"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"]
      },
      {
        Sid      = "List"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"]
      },
      {
        Sid    = "ReadWriteDeleteObjects"
        Effect = "Allow"
        Action = [
          "s3:GetObject",
          "s3:GetObjectVersion",
          "s3:PutObject",
          "s3:AbortMultipartUpload",
          "s3:ListMultipartUploadParts",
          "s3:DeleteObject",
        ]
        Resource = ["arn:${data.aws_partition.current.partition}:s3:::${var.bucket}/*"]
      },
      {
        Sid    = "EncryptObjects"
        Effect = "Allow"
        Action = [
          "kms:GenerateDataKey",
          "kms:Decrypt",
        ]
        Resource = [var.kms_write_key_arn]
        Condition = {
          StringEquals = {
            "kms:ViaService" = ["s3.us-west-2.amazonaws.com"]
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "sluice" {
  role       = aws_iam_role.sluice.name
  policy_arn = aws_iam_policy.sluice.arn
}

resource "aws_s3_bucket" "data" {
  bucket = var.bucket
  tags   = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket                  = aws_s3_bucket.data.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "data" {
  bucket = aws_s3_bucket.data.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.bucket_kms_key_arn
    }
  }
}

output "role_arn" {
  description = "ARN of the role"
  value       = aws_iam_role.sluice.arn
}
