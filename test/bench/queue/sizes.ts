/** How much is measured. */
export interface Size {
	executions: number;
	taskDurationMs: number;
	/** The most that parked executions may take, from the first webhook to the last end. */
	callbackGoalMs: number;
	kill: {
		executions: number;
		taskDurationMs: number;
		/** In which of the two ways of going on a worker is killed. */
		completions: readonly ('wait' | 'callback')[];
		settleTimeoutMs: number;
	};
	/** When n8n takes a worker for dead; empty leaves it to n8n. */
	queueEnvironment: Readonly<Record<string, string>>;
	queueSettings: string;
}

export const full: Size = {
	executions: 200,
	taskDurationMs: 20_000,
	callbackGoalMs: 60_000,
	kill: {
		executions: 20,
		taskDurationMs: 20_000,
		completions: ['wait', 'callback'],
		settleTimeoutMs: 240_000,
	},
	queueEnvironment: {},
	queueSettings: "n8n's own settings",
};

/** What runs with every change: n8n is told to notice a dead worker sooner than by itself. */
export const small: Size = {
	executions: 20,
	taskDurationMs: 5_000,
	callbackGoalMs: 30_000,
	kill: {
		executions: 20,
		taskDurationMs: 5_000,
		completions: ['callback'],
		settleTimeoutMs: 120_000,
	},
	queueEnvironment: {
		QUEUE_WORKER_LOCK_DURATION: '10000',
		QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
		QUEUE_WORKER_STALLED_INTERVAL: '5000',
	},
	queueSettings: 'lock of 10 s, looked at every 5 s',
};
