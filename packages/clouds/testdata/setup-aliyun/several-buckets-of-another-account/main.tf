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
  description = "Region the provider works in; RAM itself has none"
  type        = string
  default     = "cn-beijing"
}

variable "role_name" {
  description = "Name of the role"
  type        = string
  default     = "lake-test"
}

variable "platform_principal_arn" {
  description = "Sluice's identity: the only one that may assume the role"
  type        = string
  default     = "acs:ram::1234567890123456:role/sluice"
}

variable "external_id" {
  description = "Bound to this connection of Sluice; never changes"
  type        = string
  default     = "my-external-id-123"
}

variable "policy_name" {
  description = "Name of the permission policy"
  type        = string
  default     = "sluice-lake"
}

variable "bucket1" {
  description = "Bucket, without oss://"
  type        = string
  default     = "acme-raw"
}

variable "bucket2" {
  description = "Bucket, without oss://"
  type        = string
  default     = "acme-cooked"
}

variable "prefix1" {
  description = "Folder, ending with /"
  type        = string
  default     = "events/"
}

variable "prefix2" {
  description = "Folder, ending with /"
  type        = string
  default     = "users/"
}

variable "object_key3" {
  description = "Key of the one object"
  type        = string
  default     = "manifest.json"
}

variable "kms_read_key1" {
  description = "Name of a KMS key in policies"
  type        = string
  default     = "acs:kms:cn-beijing:9876543210987654:key/0d7926a7-6ecc-4bf7-a9c1-a38f0faec0cd"
}

variable "kms_read_key2" {
  description = "Name of a KMS key in policies"
  type        = string
  default     = "acs:kms:cn-beijing:9876543210987654:key/key-bjj65a4f6a1q0z0a1b2c3"
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
        Effect = "Allow"
        Action = ["oss:GetBucketInfo"]
        Resource = [
          "acs:oss:*:*:${var.bucket1}",
          "acs:oss:*:*:${var.bucket2}",
        ]
      },
      {
        Effect   = "Allow"
        Action   = ["oss:ListObjects"]
        Resource = ["acs:oss:*:*:${var.bucket1}"]
        Condition = {
          StringLike = {
            "oss:Prefix" = [
              "${var.prefix1}*",
              "${var.prefix2}*",
              var.object_key3,
            ]
          }
        }
      },
      {
        Effect   = "Allow"
        Action   = ["oss:ListObjects"]
        Resource = ["acs:oss:*:*:${var.bucket2}"]
      },
      {
        Effect = "Allow"
        Action = [
          "oss:GetObject",
          "oss:GetObjectVersion",
          "oss:DeleteObject",
        ]
        Resource = [
          "acs:oss:*:*:${var.bucket1}/${var.prefix1}*",
          "acs:oss:*:*:${var.bucket1}/${var.prefix2}*",
          "acs:oss:*:*:${var.bucket1}/${var.object_key3}",
          "acs:oss:*:*:${var.bucket2}/*",
        ]
      },
      {
        Effect = "Allow"
        Action = ["kms:Decrypt"]
        Resource = [
          var.kms_read_key1,
          var.kms_read_key2,
        ]
      },
    ]
  })
}

resource "alicloud_ram_role_policy_attachment" "sluice" {
  policy_name = alicloud_ram_policy.sluice.policy_name
  policy_type = "Custom"
  role_name   = alicloud_ram_role.sluice.role_name
}

output "role_arn" {
  description = "ARN of the role"
  value       = alicloud_ram_role.sluice.arn
}
