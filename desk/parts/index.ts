/** What tabs are built of. */
export { Chart, type ChartProps, type Series } from './chart';
export { Button, Checkbox, Field, Filters, Form, Select } from './form';
export { Badge, Card, Empty, formatMoment, Link, Named, Pager, Said, Sentence, StatTile, Table, Tiles, When, type Column, type Tone } from './show';
export { FigureBasis, FigureCell, FigureTile, formatNumber, formatShare, formatUsd } from './figure';
export { ChannelName, channelName, FigureFilters, readScope, type ChosenScope } from './figureFilters';
