import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';
import { texts } from './texts/texts.ts';

/** The one accent: the primary action and what is selected. */
const ink: MantineColorsTuple = [
  '#eef5fc',
  '#dbe8f6',
  '#b3cfec',
  '#88b4e2',
  '#659ed9',
  '#4f90d4',
  '#3a7fc8',
  '#1f5fa8',
  '#194f8d',
  '#123f73',
];

/** Deletion, and nothing else. */
const danger: MantineColorsTuple = [
  '#fff0ef',
  '#ffdfdc',
  '#fbbdb8',
  '#f69890',
  '#f1786d',
  '#ee6558',
  '#d9483b',
  '#b8291d',
  '#991f15',
  '#7c150d',
];

/** Fields, buttons and lines in the dark: of the same cool grey as the surfaces below. */
const dark: MantineColorsTuple = [
  '#d8dce1',
  '#b5bcc5',
  '#939ca7',
  '#717b87',
  '#3d454f',
  '#2d343c',
  '#23292f',
  '#1c2025',
  '#16191d',
  '#121518',
];

/**
 * Quiet surface, exact figures (the look is the product's, not the library's): system typeface, figures of one width, small radii,
 * lines instead of shadows.
 */
export const theme = createTheme({
  colors: { ink, danger, dark },
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 7 },
  autoContrast: true,
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '12px', sm: '13.5px', md: '14.5px', lg: '17px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '22px' }, h2: { fontSize: '17px' }, h3: { fontSize: '15px' } },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    // An element that is no item would be among the items.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: true } } },
    Modal: {
      defaultProps: { overlayProps: { backgroundOpacity: 0.45 } },
      styles: { title: { fontSize: 17, fontWeight: 600 } },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': texts.actions.close } } },
  },
});

/** Colours that mean something, for both themes; every one is readable on the surfaces it stands on (4.5 to 1 and more). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#fcfcfb',
    '--mantine-color-text': '#1d2126',
    '--mantine-color-dimmed': '#5b626b',
    '--mantine-color-placeholder': '#656c75',
    '--mantine-color-anchor': '#1a5698',
    // A wrong field is something to look at; red is for deletion.
    '--mantine-color-error': '#7d5200',
    '--lethe-surface': '#ffffff',
    '--lethe-sunken': '#f4f4f2',
    '--lethe-line': '#e2e2de',
    '--lethe-selected': '#e8f0f9',
    '--lethe-danger': '#b8291d',
    '--lethe-danger-soft': '#fdf1f0',
    '--lethe-attention': '#7d5200',
    '--lethe-attention-soft': '#fdf4e0',
    '--lethe-proven': '#17683a',
    '--lethe-proven-soft': '#ebf6ef',
  },
  dark: {
    '--mantine-color-body': '#16191d',
    '--mantine-color-text': '#e3e6ea',
    '--mantine-color-dimmed': '#a2aab4',
    '--mantine-color-placeholder': '#99a1ab',
    '--mantine-color-anchor': '#86b7ec',
    '--mantine-color-error': '#f1c265',
    '--lethe-surface': '#1c2025',
    '--lethe-sunken': '#121518',
    '--lethe-line': '#30363e',
    '--lethe-selected': '#20324a',
    '--lethe-danger': '#ff9a90',
    '--lethe-danger-soft': '#3a1f1d',
    '--lethe-attention': '#f1c265',
    '--lethe-attention-soft': '#37290f',
    '--lethe-proven': '#7dd3a0',
    '--lethe-proven-soft': '#15301f',
  },
});
