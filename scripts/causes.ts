import { CAUSES, type Cause, type ProbeOutcome, probePlans, type Said } from '@sluice/core'

/** The pages of docs/causes: one for each cause, and their index. `note` says that they are generated. */
export function causePages(note: string): { readonly [path: string]: () => string } {
  const pages = CAUSES.map((cause) => [`docs/causes/${cause.code}.md`, () => page(cause, note)] as const)
  return { 'docs/causes/README.md': () => index(note), ...Object.fromEntries(pages) }
}

const CLOUDS = { aws: 'AWS', gcp: 'Google Cloud', azure: 'Azure', aliyun: 'Alibaba Cloud' } as const

const WHO = {
  platform: said('we, the platform', '平台方'),
  'cloud-admin': said('the cloud admin', '云管理员'),
  'data-owner': said('the owner of the data', '数据所有者'),
  organization: said('the organization', '组织'),
} as const

function said(en: string, zh: string): Said {
  return { en, zh }
}

function index(note: string): string {
  const sections = Object.entries(CLOUDS).flatMap(([cloud, name]) => {
    const own = CAUSES.filter((cause) => cause.cloud === cloud)
    if (own.length === 0) return []
    return [`## ${name}`, '', '| cause | what is the matter | who changes it |', '|---|---|---|', ...own.map(row), '']
  })
  return [
    '# Why access is denied',
    '',
    note,
    '',
    'The causes that `sluice connection diagnose` and `sluice diagnose` tell apart, by the code that a finding names.',
    '',
    ...sections,
  ].join('\n')
}

function row({ code, title, remedy }: Cause): string {
  return `| [\`${code}\`](${code}.md) | ${plain(title.en)} | ${WHO[remedy.who].en} |`
}

function page(cause: Cause, note: string): string {
  return [
    `# ${plain(cause.title.en)}`,
    '',
    note,
    '',
    `\`${cause.code}\` · ${CLOUDS[cause.cloud]}`,
    '',
    ...part(cause, 'en'),
    `## ${plain(cause.title.zh)}`,
    '',
    ...part(cause, 'zh'),
    ...links(cause),
  ].join('\n')
}

const HEADS = {
  en: {
    shows: 'How it shows',
    change: 'What to change',
    where: 'Where',
    who: 'Who',
    risk: 'What else it may break',
    undo: 'How to undo it',
    verify: 'How to see that it worked',
    same: 'Looks the same from outside',
    settle: 'What settles it',
    probe: 'What Sluice asks to tell it from others',
  },
  zh: {
    shows: '表现',
    change: '如何更改',
    where: '位置',
    who: '由谁更改',
    risk: '可能的影响',
    undo: '如何撤销',
    verify: '如何确认',
    same: '从外部看相同的原因',
    settle: '如何判定',
    probe: 'Sluice 为与其他原因区分而发出的请求',
  },
} as const

function part(cause: Cause, language: 'en' | 'zh'): readonly string[] {
  const { meaning, symptom, remedy, inseparable = [], settle } = cause
  const heads = HEADS[language]
  const others = inseparable.filter((code) => code !== cause.code)
  return [
    plain(meaning[language]),
    '',
    `- **${heads.shows}**: ${plain(symptom[language])}`,
    `- **${heads.change}**: ${plain(remedy.summary[language])}`,
    `- **${heads.where}**: ${plain(remedy.where[language])}`,
    `- **${heads.who}**: ${WHO[remedy.who][language]}`,
    `- **${heads.risk}**: ${plain(remedy.risk[language])}`,
    `- **${heads.undo}**: ${plain(remedy.undo[language])}`,
    `- **${heads.verify}**: ${plain(remedy.verify[language])}`,
    ...(others.length === 0 ? [] : [`- **${heads.same}**: ${others.map((code) => `[\`${code}\`](${code}.md)`).join(', ')}`]),
    ...(settle === undefined ? [] : [`- **${heads.settle}**: \`${settle.command}\``]),
    ...probes(cause, language),
    '',
  ]
}

/** The probes one of whose outcomes is about the cause: what is asked, and what is seen where it is this one or is not. */
function probes({ cloud, code }: Cause, language: 'en' | 'zh'): readonly string[] {
  const lines = probePlans(cloud).flatMap(({ asks, outcomes }) => {
    const telling = outcomes.filter((outcome) => namedBy(outcome).includes(code))
    const colon = language === 'en' ? ': ' : ':'
    const seen = telling.map(
      ({ shows, tells }) => `${shows[language].replace(/[.。]$/, '')} → ${VERDICTS['leaves' in tells ? 'leaves' : 'excludes'][language]}`,
    )
    return seen.length === 0 ? [] : [`  - ${plain(asks[language])}${colon}${plain(seen.join(language === 'en' ? '; ' : ';'))}`]
  })
  return lines.length === 0 ? [] : [`- **${HEADS[language].probe}**:`, ...lines]
}

function namedBy({ tells }: ProbeOutcome): readonly string[] {
  return 'leaves' in tells ? tells.leaves : tells.excludes
}

const VERDICTS = {
  leaves: said('it may be this', '可能是此原因'),
  excludes: said('it is not this', '不是此原因'),
} as const

function links({ links: pages }: Cause): readonly string[] {
  return pages.length === 0 ? [] : [...pages.map((link) => `<${link}>`), '']
}

/** The values of an occurrence stand in braces; in a page they are names in angle brackets, which Markdown must not take for tags. */
function plain(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\{(\w+)\}/g, '`$1`')
}
