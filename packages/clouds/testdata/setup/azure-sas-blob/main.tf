terraform {
  required_version = ">= 1.3"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.0"
    }
    azapi = {
      source  = "azure/azapi"
      version = ">= 2.0"
    }
    time = {
      source  = "hashicorp/time"
      version = ">= 0.9"
    }
  }
}

variable "subscription_id" {
  description = "Subscription of the storage account"
  type        = string
}

variable "resource_group_name" {
  description = "Resource group of the storage account"
  type        = string
  default     = "lake"
}

provider "azurerm" {
  subscription_id = var.subscription_id

  features {}
}

resource "time_offset" "end" {
  offset_days = 90
}

locals {
  expires_at = time_offset.end.rfc3339
}

data "azapi_resource_action" "sas" {
  type        = "Microsoft.Storage/storageAccounts@2023-05-01"
  resource_id = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/lakedata"
  action      = "listServiceSas"
  method      = "POST"
  body = {
    canonicalizedResource = "/blob/lakedata/landing/exports/flights (final) 2026.parquet"
    signedResource        = "b"
    signedPermission      = "r"
    signedProtocol        = "https"
    signedExpiry          = local.expires_at
  }
  response_export_values = ["serviceSasToken"]
}

output "sas_token" {
  description = "The SAS, a secret, for Sluice"
  value       = data.azapi_resource_action.sas.output.serviceSasToken
  sensitive   = true
}
