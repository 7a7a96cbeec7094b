import * as vscode from 'vscode';
import { plainMessage, withoutIcons } from './version-text.ts';

// Notifications turn `[text](command:…)` into a link that runs a command, and messages quote what registries say.

export function inform<B extends string>(message: string, ...buttons: readonly B[]): Thenable<B | undefined> {
  return vscode.window.showInformationMessage(plainMessage(message), ...buttons);
}

export function warn<B extends string>(message: string, ...buttons: readonly B[]): Thenable<B | undefined> {
  return vscode.window.showWarningMessage(plainMessage(message), ...buttons);
}

export function complain<B extends string>(message: string, ...buttons: readonly B[]): Thenable<B | undefined> {
  return vscode.window.showErrorMessage(plainMessage(message), ...buttons);
}

/** For a few seconds in the status bar: enough for what was done as asked. */
export function tellBriefly(message: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${withoutIcons(plainMessage(message))}`, 5000);
}
