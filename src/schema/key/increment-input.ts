/** The input field with the amount to add to a number. */
export const incrementInput = {
  type: 'Decimal',
  required: true,
  defaultValue: '1',
  description:
    'The amount to add; a negative one is subtracted. An integer such as "1" adds exactly, within 64 bits, and requires that the present ' +
    'value is one. A decimal such as "1.0" or "-2.5e3" adds to any number, with about 17 significant digits. Write a decimal as text.',
} as const;
