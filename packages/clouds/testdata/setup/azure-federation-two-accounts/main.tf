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
}

variable "resource_group_name" {
  description = "Resource group of the storage account"
  type        = string
}

provider "azurerm" {
  subscription_id = var.subscription_id

  features {}
}

data "azuread_client_config" "current" {}

resource "azuread_application" "sluice" {
  display_name     = "Data platform"
  sign_in_audience = "AzureADMyOrg"
}

resource "azuread_service_principal" "sluice" {
  client_id = azuread_application.sluice.client_id
}

resource "azuread_application_federated_identity_credential" "sluice" {
  application_id = azuread_application.sluice.id
  display_name   = "conn_a2c4e6g2i4k6m2o4q6s2"
  description    = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
  issuer         = "https://sluice.example.com"
  subject        = "organization:acme:project:analytics:connection:conn_a2c4e6g2i4k6m2o4q6s2"
  audiences      = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_definition" "sluice" {
  name              = "sluice-lake conn_a2c4e6g2i4k6m2o4q6s2"
  description       = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
  scope             = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}"
  assignable_scopes = ["/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}"]

  permissions {
    data_actions = [
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
      "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
    ]
  }
}

resource "azurerm_role_assignment" "delegator_1" {
  scope                = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/lakedata"
  role_definition_name = "Storage Blob Delegator"
  principal_id         = azuread_service_principal.sluice.object_id
  principal_type       = "ServicePrincipal"
  description          = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

resource "azurerm_role_assignment" "delegator_2" {
  scope                = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/other"
  role_definition_name = "Storage Blob Delegator"
  principal_id         = azuread_service_principal.sluice.object_id
  principal_type       = "ServicePrincipal"
  description          = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

resource "azurerm_role_assignment" "data_1" {
  scope              = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/lakedata/blobServices/default/containers/landing"
  role_definition_id = azurerm_role_definition.sluice.role_definition_resource_id
  condition          = "(\n (\n  !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND SubOperationMatches{'Blob.List'})\n )\n OR\n (\n  @Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'events/'\n  OR\n  @Request[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:prefix] StringStartsWith 'users/'\n )\n)\nAND\n(\n (\n  !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})\n  AND\n  !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'})\n )\n OR\n (\n  @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'events/'\n  OR\n  @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringStartsWith 'users/'\n  OR\n  @Resource[Microsoft.Storage/storageAccounts/blobServices/containers/blobs:path] StringEquals 'manifest.json'\n )\n)"
  condition_version  = "2.0"
  principal_id       = azuread_service_principal.sluice.object_id
  principal_type     = "ServicePrincipal"
  description        = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

resource "azurerm_role_assignment" "data_2" {
  scope              = "/subscriptions/${var.subscription_id}/resourceGroups/${var.resource_group_name}/providers/Microsoft.Storage/storageAccounts/other/blobServices/default/containers/landing"
  role_definition_id = azurerm_role_definition.sluice.role_definition_resource_id
  principal_id       = azuread_service_principal.sluice.object_id
  principal_type     = "ServicePrincipal"
  description        = "Sluice connection conn_a2c4e6g2i4k6m2o4q6s2"
}

output "tenant_id" {
  description = "Tenant id, for Sluice"
  value       = data.azuread_client_config.current.tenant_id
}

output "client_id" {
  description = "Client id, for Sluice"
  value       = azuread_application.sluice.client_id
}
