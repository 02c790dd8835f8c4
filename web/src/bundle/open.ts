/** Opens a bundle: first what the first draw needs, the rest when it is asked for. */
import type { Progress, Source } from './source'
import type { Points } from '../space/points'
import { arriving, type Began } from './arriving'
import { Atlas } from './atlas'
import { type Categories, classColumn, type Column, columnFrom, textsFrom } from './columns'
import { type Gaussian, gaussiansFrom } from './gaussians'
import { Ids } from './ids'
import { isolated } from './names'
import { type ColumnFile, type Space, parseSpace, whole } from './space'
import { numbers, openTable, width } from './tables'

export interface Details {
  readonly ids: Ids
  /** (N × k), nearest first. */
  readonly neighbours: Uint32Array
  readonly k: number
}

export class Bundle {
  readonly atlas: Atlas | null
  readonly classes: Categories
  private readonly columns = new Map<string, Promise<Column | null>>()
  private kept = new Map<string, Promise<ArrayBuffer>>()
  /** The classes that have points, in order; −1, for unlabelled points, comes last. */
  readonly labels: readonly number[]
  private promisedDetails: Promise<Details> | null = null

  constructor(
    private readonly source: Source,
    readonly space: Space,
    readonly points: Points,
  ) {
    this.atlas = space.atlas ? new Atlas(space.atlas, (name) => this.bytes(name)) : null
    const seen = new Set(points.labels)
    const labels = space.classes.map((_, label) => label).filter((label) => seen.has(label))
    this.labels = seen.has(-1) ? [...labels, -1] : labels
    this.classes = classColumn(points.labels, space.classes, this.labels)
  }

  className(label: number): string {
    return label < 0 ? 'unlabelled' : isolated(this.space.classes[label] ?? `class ${label}`)
  }

  /** One of the bundle's files, fetched once and known to be whole. */
  bytes(name: string, progress?: Progress): Promise<ArrayBuffer> {
    let bytes = this.kept.get(name)
    if (!bytes) {
      bytes = this.source.bytes(name, progress).then((content) => whole(this.space, name, content))
      this.kept.set(name, bytes)
    }
    return bytes
  }

  details(): Promise<Details> {
    this.promisedDetails ??= this.openDetails()
    return this.promisedDetails
  }

  /** For every sampler the codes it drew, (M × d). */
  async draws(): Promise<Map<string, Float32Array>> {
    const draws = new Map<string, Float32Array>()
    if (!this.space.draws) return draws
    const { file, samplers } = this.space.draws
    const codes = numbers(openTable(file, await this.bytes(file)), 'code', Float32Array)
    let row = 0
    for (const { name, count } of samplers) {
      draws.set(name, codes.subarray(row * this.points.size, (row + count) * this.points.size))
      row += count
    }
    return draws
  }

  async gaussians(): Promise<Map<number, Gaussian>> {
    const file = this.space.gaussians
    return file
      ? gaussiansFrom(openTable(file, await this.bytes(file)), this.points.size)
      : new Map()
  }

  /** What codes are drawn from: those of the samplers, and each class's distribution. */
  async drawing(): Promise<{ draws: Map<string, Float32Array>; gaussians: Map<number, Gaussian> }> {
    const [draws, gaussians] = await Promise.all([this.draws(), this.gaussians()])
    return { draws, gaussians }
  }

  async column(file: string, name: string): Promise<Float32Array> {
    return numbers(openTable(file, await this.bytes(file)), name, Float32Array)
  }

  /** A column by its name, fetched once; '' for the classes. */
  values(name: string): Promise<Column | null> {
    if (name === '') return Promise.resolve(this.classes)
    let column = this.columns.get(name)
    if (!column) {
      const about = this.space.columns.find((other) => other.name === name)
      column = about
        ? this.bytes(about.file).then((bytes) => columnFrom(about, bytes))
        : Promise.resolve(null)
      this.columns.set(name, column)
    }
    return column
  }

  /** The values of a column as a table has them. */
  async texts(name: string): Promise<string[]> {
    const about = this.space.columns.find((other) => other.name === name)
    return about ? textsFrom(about, await this.bytes(about.file)) : []
  }

  private async openDetails(): Promise<Details> {
    const file = this.space.points.details
    const table = openTable(file, await this.bytes(file))
    const names = table.getChild('id') ?? undefined
    const linked = table.names.includes('neighbours')
    return {
      ids: new Ids(names, this.points.count),
      neighbours: linked ? numbers(table, 'neighbours', Uint32Array) : new Uint32Array(0),
      k: linked ? width(table, 'neighbours') : 0,
    }
  }
}

/** What is told while a bundle opens. */
export interface Opening {
  readonly progress: Progress
  /** What it is, before its points have come. */
  told(space: Space): void
  /** Its first points, where most are still to come. */
  readonly began: Began
}

/** Opens a bundle; `more` columns join its own. */
export async function openBundle(
  source: Source,
  { progress, told, began }: Opening,
  more: readonly ColumnFile[] = [],
): Promise<Bundle> {
  // The points' file has always the same name, so both are under way at once.
  const early = source.stream('points.arrow')
  early.catch(() => undefined)
  const own = parseSpace(await source.bytes('space.json'))
  const space = { ...own, columns: [...own.columns, ...more] }
  told(space)
  const file = space.points.file
  const stream = await (file === 'points.arrow' ? early : source.stream(file))
  const bytes = await arriving(space, stream, progress, began)
  return new Bundle(source, space, readPoints(space, bytes))
}

function readPoints(space: Space, bytes: ArrayBuffer): Points {
  const { count, file } = space.points
  const table = openTable(file, bytes)
  const size = width(table, 'code')
  if (table.numRows !== count || size !== space.code.size) {
    throw new Error(
      `${file} holds ${table.numRows} codes of ${size} numbers where space.json says ` +
        `${count} of ${space.code.size}; export the run again`,
    )
  }
  if (count === 0) throw new Error('this bundle holds no points; export a run that has some')
  const codes = numbers(table, 'code', Float32Array)
  // A loop, which is quicker than asking a function of each: there may be many million.
  for (let i = 0; i < codes.length; i++) {
    if (Number.isFinite(codes[i])) continue
    throw new Error(`code ${Math.floor(i / size)} is not a finite number; export the run again`)
  }
  return { count, size, codes, labels: numbers(table, 'label', Int32Array) }
}
