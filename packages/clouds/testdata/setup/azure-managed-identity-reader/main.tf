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

resource "azurerm_role_assignment" "delegator" {
  scope                = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/lakedata"
  role_definition_name = "Storage Blob Delegator"
  principal_id         = "44444444-4444-4444-8444-444444444444"
  principal_type       = "ServicePrincipal"
  description          = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

resource "azurerm_role_assignment" "data" {
  scope                = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/lakedata/blobServices/default/containers/landing"
  role_definition_name = "Storage Blob Data Reader"
  principal_id         = "44444444-4444-4444-8444-444444444444"
  principal_type       = "ServicePrincipal"
  description          = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}
