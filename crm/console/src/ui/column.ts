// A column of a list's table. width: pixels or CSS, none = the rest; right: figures stand right.

export interface Column {
  readonly title: string
  readonly width?: number | string
  readonly right?: boolean
}
