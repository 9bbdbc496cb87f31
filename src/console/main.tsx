import { render } from 'preact';
import { App } from './app.tsx';
import './tokens.css';
import './base.css';
import './parts.css';

const root = document.getElementById('console');
if (root) render(<App />, root);
