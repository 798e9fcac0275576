import { invalidInput } from '../../../domain/errors.js';

const time = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const day = '(?:mon|tue|wed|thu|fri|sat|sun)';

/** Checks a weekly window such as `sun:23:00-mon:01:30`. */
export function maintenanceWindow(text: string): string {
  const window = text.toLowerCase();
  if (new RegExp(`^${day}:${time}-${day}:${time}$`).test(window)) return window;
  throw invalidInput('Expected a maintenance window as ddd:hh24:mi-ddd:hh24:mi, e.g. sun:23:00-mon:01:30.');
}

/** Checks a daily window such as `05:00-09:00`. */
export function snapshotWindow(text: string): string {
  if (new RegExp(`^${time}-${time}$`).test(text)) return text;
  throw invalidInput('Expected a snapshot window as hh24:mi-hh24:mi, e.g. 05:00-09:00.');
}
