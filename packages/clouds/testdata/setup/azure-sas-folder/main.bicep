metadata description = 'Access of a Sluice connection to Blob Storage. Deploy it into the resource group of lakedata.'

@description('Storage account')
param storageAccountName string = 'lakedata'

@description('Container')
param containerName string = 'landing'

@description('What the SAS allows, in letters: r reads, w writes, d deletes, l lists')
param permissions string = 'rl'

@description('When the SAS ends')
param expiresAt string = dateTimeAdd(utcNow('u'), 'P90D', 'yyyy-MM-ddTHH:mm:ssZ')

@description('Key that signs the SAS: rotating it ends the SAS')
param keyToSign string = 'key1'

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageAccountName
}

@description('The SAS, a secret, for Sluice')
#disable-next-line outputs-should-not-contain-secrets
output sasToken string = account.listServiceSas('2023-05-01', {
  signedPermission: permissions
  signedExpiry: expiresAt
  signedProtocol: 'https'
  keyToSign: keyToSign
  canonicalizedResource: format('/blob/{0}/{1}', storageAccountName, containerName)
  signedResource: 'c'
}).serviceSasToken
