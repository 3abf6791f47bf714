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

variable "user_name" {
  description = "Name of the user"
  type        = string
  default     = "sluice-lake"
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

resource "alicloud_ram_user" "sluice" {
  name     = var.user_name
  comments = "Lets the Sluice connection conn_a2c4e6g2i4k6m2o4q6s2 use its locations"
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
          "oss:PutObject",
          "oss:AbortMultipartUpload",
          "oss:ListParts",
        ]
        Resource = ["acs:oss:*:*:${var.bucket}/${var.prefix}*"]
      },
    ]
  })
}

resource "alicloud_ram_user_policy_attachment" "sluice" {
  policy_name = alicloud_ram_policy.sluice.policy_name
  policy_type = "Custom"
  user_name   = alicloud_ram_user.sluice.name
}

output "user_name" {
  description = "Name of the user"
  value       = alicloud_ram_user.sluice.name
}
