terraform {
  required_version = ">= 1.3"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.0"
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
}

provider "azurerm" {
  subscription_id = var.subscription_id

  features {}
}

resource "time_offset" "end" {
  offset_days = 90
}

data "azurerm_storage_account" "sluice" {
  name                = "lakedata"
  resource_group_name = var.resource_group_name
}

data "azurerm_storage_account_blob_container_sas" "sluice" {
  connection_string = data.azurerm_storage_account.sluice.primary_connection_string
  container_name    = "landing"
  https_only        = true
  start             = "2026-01-01T00:00:00Z"
  expiry            = time_offset.end.rfc3339

  permissions {
    read   = true
    add    = false
    create = false
    write  = false
    delete = false
    list   = true
  }
}

output "sas_token" {
  description = "The SAS, a secret, for Sluice"
  value       = trimprefix(data.azurerm_storage_account_blob_container_sas.sluice.sas, "?")
  sensitive   = true
}
