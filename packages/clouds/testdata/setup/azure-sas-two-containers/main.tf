terraform {
  required_version = ">= 1.3"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.0"
    }
  }
}

variable "subscription_id" {
  description = "Subscription of the storage account"
  type        = string
  default     = "22222222-2222-4222-8222-222222222222"
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

data "azurerm_storage_account" "sluice" {
  name                = "lakedata"
  resource_group_name = var.resource_group_name
}

data "azurerm_storage_account_sas" "sluice" {
  connection_string = data.azurerm_storage_account.sluice.primary_connection_string
  https_only        = true
  start             = "2026-01-01T00:00:00Z"
  expiry            = "2027-01-31T00:00:00Z"

  resource_types {
    service   = false
    container = true
    object    = true
  }

  services {
    blob  = true
    queue = false
    table = false
    file  = false
  }

  permissions {
    read    = true
    add     = false
    create  = false
    write   = true
    delete  = true
    list    = true
    update  = false
    process = false
    tag     = false
    filter  = false
  }
}

output "sas_token" {
  description = "The SAS, a secret, for Sluice"
  value       = trimprefix(data.azurerm_storage_account_sas.sluice.sas, "?")
  sensitive   = true
}
