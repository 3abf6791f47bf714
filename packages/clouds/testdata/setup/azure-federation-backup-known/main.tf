terraform {
  required_version = ">= 1.3"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.0"
    }
    azuread = {
      source  = "hashicorp/azuread"
      version = ">= 3.0"
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

data "azuread_client_config" "current" {}

data "azuread_application" "sluice" {
  client_id = "55555555-5555-4555-8555-555555555555"
}

data "azuread_service_principal" "sluice" {
  client_id = "55555555-5555-4555-8555-555555555555"
}

resource "azuread_application_federated_identity_credential" "sluice" {
  application_id = data.azuread_application.sluice.id
  display_name   = "conn_a2c4e6g2i4k6m2o4q6s2"
  description    = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
  issuer         = "https://sluice.example.com"
  subject        = "organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"
  audiences      = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_definition" "sluice" {
  name              = "Sluice backups"
  description       = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
  scope             = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}"
  assignable_scopes = ["/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}"]

  permissions {
    data_actions = [
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
    ]
  }
}

resource "azurerm_role_assignment" "delegator" {
  scope                = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/lakedata"
  role_definition_name = "Storage Blob Delegator"
  principal_id         = data.azuread_service_principal.sluice.object_id
  principal_type       = "ServicePrincipal"
  description          = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

resource "azurerm_role_assignment" "data" {
  scope              = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/lakedata/blobServices/default/containers/backups"
  role_definition_id = azurerm_role_definition.sluice.role_definition_resource_id
  principal_id       = data.azuread_service_principal.sluice.object_id
  principal_type     = "ServicePrincipal"
  description        = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

output "tenant_id" {
  description = "Tenant id, for Sluice"
  value       = data.azuread_client_config.current.tenant_id
}

output "client_id" {
  description = "Client id, for Sluice"
  value       = data.azuread_application.sluice.client_id
}
