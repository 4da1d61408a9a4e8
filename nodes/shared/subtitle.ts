import type { INodeProperties } from 'n8n-workflow';

/**
 * An expression that gives the name of what is chosen in a dropdown, as the user reads it there, for a node's subtitle.
 * @param name of the dropdown's property; several properties of that name (one a resource) are taken together.
 */
export function chosenName(properties: readonly INodeProperties[], name: string): string {
	const choices = properties.filter((property) => property.name === name).flatMap(({ options = [] }) => options);
	const names = Object.fromEntries(choices.flatMap((choice) => ('value' in choice ? [[String(choice.value), choice.name]] : [])));
	return `(${JSON.stringify(names)})[$parameter.${name}]`;
}
