import { testDenials } from './support/denials.ts'
import { startAliyunWorld } from './support/denials-aliyun.ts'
import { NETWORKS, CONDITIONS, ORGANIZATIONS, PLACES, OBJECTS, KEYS, CREDENTIALS } from './support/aliyun-denials/requests.ts'

testDenials('a request to OSS that its network is not allowed, as', () => startAliyunWorld(), NETWORKS)
testDenials('a policy of the bucket that denies, as it takes', () => startAliyunWorld(), CONDITIONS)
testDenials('a customer of a resource directory', () => startAliyunWorld(), ORGANIZATIONS)
testDenials('a place in OSS that is not what it was:', () => startAliyunWorld(), PLACES)
testDenials('an object of OSS that is not to be had:', () => startAliyunWorld(), OBJECTS)
testDenials('a key of KMS that', () => startAliyunWorld({ encrypted: true }), KEYS)
testDenials('AccessKeys that OSS does not take:', () => startAliyunWorld({ method: 'keys' }), CREDENTIALS)
