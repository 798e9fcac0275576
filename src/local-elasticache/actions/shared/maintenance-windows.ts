import { invalidInput } from '../../../domain/errors.js';
import { days, distance, maintenanceSpan, minutesOfDay, type Span } from '../../lifecycle/maintenance-window.js';

const time = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const day = `(?:${days.join('|')})`;
const minimumMinutes = 60;

interface Windows {
  readonly maintenanceWindow: string;
  readonly snapshotWindow: string;
}

/** Checks a weekly window such as `sun:23:00-mon:01:30`: at least 60 minutes, in UTC. */
export function maintenanceWindow(text: string): string {
  const window = text.toLowerCase();
  if (!new RegExp(`^${day}:${time}-${day}:${time}$`).test(window)) {
    throw invalidInput('Expected a maintenance window as ddd:hh24:mi-ddd:hh24:mi, e.g. sun:23:00-mon:01:30.');
  }
  if (maintenanceSpan(window).minutes < minimumMinutes) {
    throw invalidInput(`Maintenance window must be at least ${minimumMinutes} minutes.`);
  }
  return window;
}

/** Checks a daily window such as `05:00-09:00`: at least 60 minutes, in UTC. */
export function snapshotWindow(text: string): string {
  if (!new RegExp(`^${time}-${time}$`).test(text)) {
    throw invalidInput('Expected a snapshot window as hh24:mi-hh24:mi, e.g. 05:00-09:00.');
  }
  if (snapshotSpan(text).minutes < minimumMinutes) {
    throw invalidInput(`Snapshot window must be at least ${minimumMinutes} minutes.`);
  }
  return text;
}

/** Chooses the windows of a new group: those that are given, and for others ones that do not overlap. */
export function chooseWindows(given: { maintenance?: string | undefined; snapshot?: string | undefined }): Windows {
  const maintenance = given.maintenance === undefined ? undefined : maintenanceWindow(given.maintenance);
  const snapshot = given.snapshot === undefined ? undefined : snapshotWindow(given.snapshot);
  const weekly = maintenance === undefined ? ['sun:23:00-mon:01:30', 'sun:08:00-sun:10:30'] : [maintenance];
  const hours = [5, 3, 7, ...Array.from({ length: 24 }, (_, hour) => hour)].map(
    (hour) => `${clock(hour)}-${clock((hour + 1) % 24)}`,
  );
  const daily = snapshot === undefined ? hours : [snapshot];
  for (const maintenanceWindow of weekly) {
    for (const snapshotWindow of daily) {
      if (!overlaps({ maintenanceWindow, snapshotWindow })) return { maintenanceWindow, snapshotWindow };
    }
  }
  throw overlap();
}

/** @throws ExpectedFailure InvalidParameterValue if the two windows overlap on any day */
export function checkWindows(windows: Windows): void {
  if (overlaps(windows)) throw overlap();
}

function overlap(): Error {
  return invalidInput('The snapshot window and maintenance window must not overlap.');
}

function overlaps({ maintenanceWindow, snapshotWindow }: Windows): boolean {
  const weekly = maintenanceSpan(maintenanceWindow);
  const daily = snapshotSpan(snapshotWindow);
  return days.some((_, index) => {
    const from = daily.from + index * minutesOfDay;
    return distance(weekly.from, from) < weekly.minutes || distance(from, weekly.from) < daily.minutes;
  });
}

function snapshotSpan(window: string): Span {
  const [from = 0, to = 0] = window.split('-').map((moment) => {
    const [hour, minute] = moment.split(':');
    return Number(hour) * 60 + Number(minute);
  });
  return { from, minutes: (to - from + minutesOfDay) % minutesOfDay };
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
