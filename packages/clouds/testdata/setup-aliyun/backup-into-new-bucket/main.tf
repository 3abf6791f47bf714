terraform {
  required_version = ">= 1.3"

  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = ">= 1.252.0"
    }
  }
}

variable "region" {
  description = "Region in which the bucket is created"
  type        = string
  default     = "cn-beijing"
}

variable "role_name" {
  description = "Name of the role"
  type        = string
  default     = "acme-backup"
}

variable "platform_principal_arn" {
  description = "Sluice's identity: the only one that may assume the role"
  type        = string
  default     = "acs:ram::1234567890123456:role/sluice"
}

variable "external_id" {
  description = "Bound to this connection of Sluice; never changes"
  type        = string
  default     = "sluice-0123456789abcdef0123456789abcdef"
}

variable "policy_name" {
  description = "Name of the permission policy"
  type        = string
  default     = "acme-backup-access"
}

variable "bucket" {
  description = "Bucket, without oss://"
  type        = string
  default     = "acme-backups"
}

variable "kms_write_key" {
  description = "Name of a KMS key in policies"
  type        = string
  default     = "acs:kms:cn-beijing:9876543210987654:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd"
}

variable "bucket_kms_key_id" {
  description = "Id of the KMS key that encrypts the bucket by default"
  type        = string
  default     = "0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd"
}

provider "alicloud" {
  region = var.region
}

data "alicloud_account" "current" {
  lifecycle {
    postcondition {
      condition     = self.id == "9876543210987654"
      error_message = "These credentials do not belong to account 9876543210987654."
    }
  }
}

resource "alicloud_ram_role" "sluice" {
  role_name            = var.role_name
  description          = "Lets the Sluice connection conn_a2c4e6g2i4k6m2o4q6s2 use its locations"
  max_session_duration = 3600
  assume_role_policy_document = jsonencode({
    Version = "1"
    Statement = [
      {
        Effect = "Allow"
        Action = "sts:AssumeRole"
        Principal = {
          RAM = [var.platform_principal_arn]
        }
        Condition = {
          StringEquals = {
            "sts:ExternalId" = var.external_id
          }
        }
      },
    ]
  })
}

resource "alicloud_ram_policy" "sluice" {
  policy_name     = var.policy_name
  description     = "Lets the Sluice connection conn_a2c4e6g2i4k6m2o4q6s2 use its locations"
  rotate_strategy = "DeleteOldestNonDefaultVersionWhenLimitExceeded"
  policy_document = jsonencode({
    Version = "1"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["oss:GetBucketInfo"]
        Resource = ["acs:oss:*:*:${var.bucket}"]
      },
      {
        Effect   = "Allow"
        Action   = ["oss:ListObjects"]
        Resource = ["acs:oss:*:*:${var.bucket}"]
      },
      {
        Effect = "Allow"
        Action = [
          "oss:GetObject",
          "oss:GetObjectVersion",
          "oss:PutObject",
          "oss:AbortMultipartUpload",
          "oss:ListParts",
          "oss:DeleteObject",
        ]
        Resource = ["acs:oss:*:*:${var.bucket}/*"]
      },
      {
        Effect = "Allow"
        Action = [
          "kms:GenerateDataKey",
          "kms:Decrypt",
        ]
        Resource = [var.kms_write_key]
      },
    ]
  })
}

resource "alicloud_ram_role_policy_attachment" "sluice" {
  policy_name = alicloud_ram_policy.sluice.policy_name
  policy_type = "Custom"
  role_name   = alicloud_ram_role.sluice.role_name
}

resource "alicloud_oss_bucket" "data" {
  bucket = var.bucket

  server_side_encryption_rule {
    sse_algorithm     = "KMS"
    kms_master_key_id = var.bucket_kms_key_id
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "alicloud_oss_bucket_acl" "data" {
  bucket = alicloud_oss_bucket.data.bucket
  acl    = "private"
}

resource "alicloud_oss_bucket_public_access_block" "data" {
  bucket              = alicloud_oss_bucket.data.bucket
  block_public_access = true
}

output "role_arn" {
  description = "ARN of the role"
  value       = alicloud_ram_role.sluice.arn
}
