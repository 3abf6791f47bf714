import type { JsonObject } from '@sluice/core'
import { applyJsonTemplate } from '../../templates/apply.ts'
import { TemplateError } from '../../templates/error.ts'
import { NO_VALUE } from '../../templates/intrinsics.ts'
import { AliyunError } from '../error.ts'
import { ensureAliyunAccount } from '../state/state.ts'
import type { AliyunState } from '../state/types.ts'
import { makeRosResource, type RosStack } from './resources.ts'

const SECTIONS = ['ROSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Conditions', 'Resources', 'Outputs']

/**
 * Applies a template of Resource Orchestration Service in JSON as an admin of the account would, all or nothing, and gives
 * its outputs. https://help.aliyun.com/en/ros/user-guide/template-structure
 */
export function applyRosTemplate(
  state: AliyunState,
  uid: string,
  body: string,
  parameters: { readonly [name: string]: string } = {},
  region = 'cn-hangzhou',
): { readonly [output: string]: string } {
  const stack: RosStack = { state, account: ensureAliyunAccount(state, uid), region, name: 'sluice-stack' }
  const pseudo = {
    'ALIYUN::AccountId': uid,
    'ALIYUN::NoValue': NO_VALUE,
    'ALIYUN::Region': region,
    'ALIYUN::StackId': 'sluice-stack-id',
    'ALIYUN::StackName': stack.name,
    'ALIYUN::TenantId': uid,
  } as const
  const make = (type: string, id: string, properties: JsonObject) => makeRosResource(stack, type, id, properties)
  try {
    checkVersion(body)
    return applyJsonTemplate({ sections: SECTIONS, pseudo, make }, body, parameters)
  } catch (error) {
    throw error instanceof TemplateError ? inWordsOfRos(error) : error
  }
}

// Unlike CloudFormation, ROS insists on the version.
function checkVersion(body: string): void {
  if (/"ROSTemplateFormatVersion"\s*:\s*"2015-09-01"/.test(body)) return
  throw new AliyunError(400, 'InvalidTemplate', 'The template version is invalid: ROSTemplateFormatVersion is 2015-09-01.')
}

function inWordsOfRos({ problem, message }: TemplateError): AliyunError {
  if (problem === 'unsupported') return new AliyunError(501, 'NotImplemented', message)
  return new AliyunError(400, problem === 'invalid' ? 'StackValidationFailed' : 'InvalidParameter', message)
}
