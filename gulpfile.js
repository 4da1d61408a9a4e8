const { src, dest, parallel } = require('gulp');

// What the compiler leaves behind: icons and codex files of nodes and credentials, and the engine's data files.
const icons = () => src(['nodes/**/*.{svg,png}', 'nodes/**/*.node.json', 'credentials/**/*.svg'], { base: '.', encoding: false }).pipe(dest('dist'));
const data = () => src(['engine/**/*.json', 'llm/**/*.json', '!**/node_modules/**'], { base: '.', allowEmpty: true }).pipe(dest('dist'));

// The review desk's stylesheet and script, served as they are.
const assets = () => src(['desk/assets/*'], { base: '.', encoding: false }).pipe(dest('dist'));

exports.copy = parallel(icons, data, assets);
