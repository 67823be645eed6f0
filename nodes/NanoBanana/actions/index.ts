import { getBalance } from './account/getBalance.operation';
import { edit } from './image/edit.operation';
import { generate } from './image/generate.operation';
import type { Operation } from './operation';
import { cancel } from './task/cancel.operation';
import { get } from './task/get.operation';
import { wait } from './task/wait.operation';

/** All operations. The first one of a resource is its default. */
export const operations: readonly Operation[] = [generate, edit, wait, get, cancel, getBalance];
