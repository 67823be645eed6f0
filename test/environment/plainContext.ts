import { TestEnvironment } from 'jest-environment-node';
import vm from 'node:vm';

/**
 * Node's environment without what makes it slow. In a context of jest's own, every use of a global
 * (`Array`, `Promise`, `Buffer`) asks an object behind a proxy, some sixty times as long as in Node.
 */
export default class PlainContextEnvironment extends TestEnvironment {
	constructor(...parameters: ConstructorParameters<typeof TestEnvironment>) {
		makeNextContextPlain();
		super(...parameters);
	}
}

/** Node before 20.18 has no such context: there it stays jest's. */
function makeNextContextPlain(): void {
	const createContext = vm.createContext;
	vm.createContext = (jestsOwn, options) => {
		vm.createContext = createContext;
		const { DONT_CONTEXTIFY: plain } = vm.constants as Partial<typeof vm.constants>;
		return createContext(plain ?? jestsOwn, options);
	};
}
