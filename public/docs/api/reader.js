// The reader's bundle is loaded before and puts this name on the window.
window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reader', validatorUrl: null });
