import './tokens.css';
import './base.css';
import './parts/layout.css';
import './parts/rows.css';
import './parts/buttons.css';
import { render } from 'preact';
import { App } from './app.tsx';

const root = document.getElementById('console');
if (root) render(<App />, root);
