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

variable "bucket" {
  description = "Bucket, without oss://"
  type        = string
  default     = "test-bucket-123"
}

variable "prefix" {
  description = "Folder, ending with /"
  type        = string
  default     = "data/"
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
        Condition = {
          StringLike = {
            "oss:Prefix" = ["${var.prefix}*"]
          }
        }
      },
      {
        Effect = "Allow"
        Action = [
          "oss:GetObject",
          "oss:GetObjectVersion",
        ]
        Resource = ["acs:oss:*:*:${var.bucket}/${var.prefix}*"]
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
