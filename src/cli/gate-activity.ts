import type { GateActivity } from '../gates/activity.ts';
import { safeLine } from './terminal.ts';

const MAX_LINE = 4000;

/** Prints on standard error what the commands of gates print, as it comes, with the command wherever another one speaks. */
export function activityPrinter(): (activity: GateActivity) => void {
  let speaking = '';
  return (activity) => {
    const { gate, label, kind } = activity;
    if (kind === 'ended') return;
    if (kind === 'started' || gate !== speaking) process.stderr.write(`▸ ${safeLine(label)}\n`);
    speaking = gate;
    if (kind === 'line') process.stderr.write(`${safeLine(activity.text, MAX_LINE)}\n`);
  };
}
