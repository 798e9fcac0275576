export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
export const minutesOfDay = 24 * 60;
const minutesOfWeek = 7 * minutesOfDay;

/** From a minute of the week, for some minutes. */
export interface Span {
  readonly from: number;
  readonly minutes: number;
}

/** The minutes from one minute of the week to the next other one. */
export function distance(from: number, to: number): number {
  return (to - from + minutesOfWeek) % minutesOfWeek;
}

/** Reads a valid window such as `sun:23:00-mon:01:30`. */
export function maintenanceSpan(window: string): Span {
  const [from = 0, to = 0] = window.split('-').map((moment) => {
    const [name = '', hour, minute] = moment.split(':');
    return days.indexOf(name) * minutesOfDay + Number(hour) * 60 + Number(minute);
  });
  return { from, minutes: distance(from, to) };
}

/** Whether a weekly window such as `sun:23:00-mon:01:30` in UTC is open at this time. */
export function isMaintenanceTime(window: string, at: Date): boolean {
  const { from, minutes } = maintenanceSpan(window);
  const day = (at.getUTCDay() + 6) % 7;
  return distance(from, day * minutesOfDay + at.getUTCHours() * 60 + at.getUTCMinutes()) < minutes;
}
