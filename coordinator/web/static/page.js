var Zr=globalThis,Xr=Zr.ShadowRoot&&(Zr.ShadyCSS===void 0||Zr.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,yo=Symbol(),qs=new WeakMap,Zt=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==yo)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Xr&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=qs.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&qs.set(t,e))}return e}toString(){return this.cssText}},zs=r=>new Zt(typeof r=="string"?r:r+"",void 0,yo),V=(r,...e)=>{let t=r.length===1?r[0]:e.reduce((n,o,s)=>n+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+r[s+1],r[0]);return new Zt(t,r,yo)},Ws=(r,e)=>{if(Xr)r.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let n=document.createElement("style"),o=Zr.litNonce;o!==void 0&&n.setAttribute("nonce",o),n.textContent=t.cssText,r.appendChild(n)}},wo=Xr?r=>r:r=>r instanceof CSSStyleSheet?(e=>{let t="";for(let n of e.cssRules)t+=n.cssText;return zs(t)})(r):r;var{is:Md,defineProperty:Cd,getOwnPropertyDescriptor:Ld,getOwnPropertyNames:Pd,getOwnPropertySymbols:Nd,getPrototypeOf:Fd}=Object,Jr=globalThis,Vs=Jr.trustedTypes,Ud=Vs?Vs.emptyScript:"",Dd=Jr.reactiveElementPolyfillSupport,Xt=(r,e)=>r,bo={toAttribute(r,e){switch(e){case Boolean:r=r?Ud:null;break;case Object:case Array:r=r==null?r:JSON.stringify(r)}return r},fromAttribute(r,e){let t=r;switch(e){case Boolean:t=r!==null;break;case Number:t=r===null?null:Number(r);break;case Object:case Array:try{t=JSON.parse(r)}catch{t=null}}return t}},js=(r,e)=>!Md(r,e),Ks={attribute:!0,type:String,converter:bo,reflect:!1,useDefault:!1,hasChanged:js};Symbol.metadata??=Symbol("metadata"),Jr.litPropertyMetadata??=new WeakMap;var je=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Ks){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),o=this.getPropertyDescriptor(e,n,t);o!==void 0&&Cd(this.prototype,e,o)}}static getPropertyDescriptor(e,t,n){let{get:o,set:s}=Ld(this.prototype,e)??{get(){return this[t]},set(i){this[t]=i}};return{get:o,set(i){let a=o?.call(this);s?.call(this,i),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Ks}static _$Ei(){if(this.hasOwnProperty(Xt("elementProperties")))return;let e=Fd(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(Xt("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Xt("properties"))){let t=this.properties,n=[...Pd(t),...Nd(t)];for(let o of n)this.createProperty(o,t[o])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[n,o]of t)this.elementProperties.set(n,o)}this._$Eh=new Map;for(let[t,n]of this.elementProperties){let o=this._$Eu(t,n);o!==void 0&&this._$Eh.set(o,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let o of n)t.unshift(wo(o))}else e!==void 0&&t.push(wo(e));return t}static _$Eu(e,t){let n=t.attribute;return n===!1?void 0:typeof n=="string"?n:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Ws(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),o=this.constructor._$Eu(e,n);if(o!==void 0&&n.reflect===!0){let s=(n.converter?.toAttribute!==void 0?n.converter:bo).toAttribute(t,n.type);this._$Em=e,s==null?this.removeAttribute(o):this.setAttribute(o,s),this._$Em=null}}_$AK(e,t){let n=this.constructor,o=n._$Eh.get(e);if(o!==void 0&&this._$Em!==o){let s=n.getPropertyOptions(o),i=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:bo;this._$Em=o;let a=i.fromAttribute(t,s.type);this[o]=a??this._$Ej?.get(o)??a,this._$Em=null}}requestUpdate(e,t,n,o=!1,s){if(e!==void 0){let i=this.constructor;if(o===!1&&(s=this[e]),n??=i.getPropertyOptions(e),!((n.hasChanged??js)(s,t)||n.useDefault&&n.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(i._$Eu(e,n))))return;this.C(e,t,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:o,wrapped:s},i){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,i??t??this[e]),s!==!0||i!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),o===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,s]of this._$Ep)this[o]=s;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[o,s]of n){let{wrapped:i}=s,a=this[o];i!==!0||this._$AL.has(o)||a===void 0||this.C(o,void 0,s,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(t)):this._$EM()}catch(n){throw e=!1,this._$EM(),n}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};je.elementStyles=[],je.shadowRootOptions={mode:"open"},je[Xt("elementProperties")]=new Map,je[Xt("finalized")]=new Map,Dd?.({ReactiveElement:je}),(Jr.reactiveElementVersions??=[]).push("2.1.2");var xo=globalThis,Gs=r=>r,Qr=xo.trustedTypes,Ys=Qr?Qr.createPolicy("lit-html",{createHTML:r=>r}):void 0,$o="$lit$",Ge=`lit$${Math.random().toFixed(9).slice(2)}$`,ko="?"+Ge,Id=`<${ko}>`,gt=document,Qt=()=>gt.createComment(""),er=r=>r===null||typeof r!="object"&&typeof r!="function",Eo=Array.isArray,ti=r=>Eo(r)||typeof r?.[Symbol.iterator]=="function",vo=`[ 	
\f\r]`,Jt=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Zs=/-->/g,Xs=/>/g,pt=RegExp(`>|${vo}(?:([^\\s"'>=/]+)(${vo}*=${vo}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Js=/'/g,Qs=/"/g,ri=/^(?:script|style|textarea|title)$/i,So=r=>(e,...t)=>({_$litType$:r,strings:e,values:t}),f=So(1),ae=So(2),yp=So(3),Ye=Symbol.for("lit-noChange"),g=Symbol.for("lit-nothing"),ei=new WeakMap,mt=gt.createTreeWalker(gt,129);function ni(r,e){if(!Eo(r)||!r.hasOwnProperty("raw"))throw Error("invalid template strings array");return Ys!==void 0?Ys.createHTML(e):e}var oi=(r,e)=>{let t=r.length-1,n=[],o,s=e===2?"<svg>":e===3?"<math>":"",i=Jt;for(let a=0;a<t;a++){let l=r[a],d,c,u=-1,h=0;for(;h<l.length&&(i.lastIndex=h,c=i.exec(l),c!==null);)h=i.lastIndex,i===Jt?c[1]==="!--"?i=Zs:c[1]!==void 0?i=Xs:c[2]!==void 0?(ri.test(c[2])&&(o=RegExp("</"+c[2],"g")),i=pt):c[3]!==void 0&&(i=pt):i===pt?c[0]===">"?(i=o??Jt,u=-1):c[1]===void 0?u=-2:(u=i.lastIndex-c[2].length,d=c[1],i=c[3]===void 0?pt:c[3]==='"'?Qs:Js):i===Qs||i===Js?i=pt:i===Zs||i===Xs?i=Jt:(i=pt,o=void 0);let p=i===pt&&r[a+1].startsWith("/>")?" ":"";s+=i===Jt?l+Id:u>=0?(n.push(d),l.slice(0,u)+$o+l.slice(u)+Ge+p):l+Ge+(u===-2?a:p)}return[ni(r,s+(r[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),n]},tr=class r{constructor({strings:e,_$litType$:t},n){let o;this.parts=[];let s=0,i=0,a=e.length-1,l=this.parts,[d,c]=oi(e,t);if(this.el=r.createElement(d,n),mt.currentNode=this.el.content,t===2||t===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(o=mt.nextNode())!==null&&l.length<a;){if(o.nodeType===1){if(o.hasAttributes())for(let u of o.getAttributeNames())if(u.endsWith($o)){let h=c[i++],p=o.getAttribute(u).split(Ge),m=/([.?@])?(.*)/.exec(h);l.push({type:1,index:s,name:m[2],strings:p,ctor:m[1]==="."?tn:m[1]==="?"?rn:m[1]==="@"?nn:wt}),o.removeAttribute(u)}else u.startsWith(Ge)&&(l.push({type:6,index:s}),o.removeAttribute(u));if(ri.test(o.tagName)){let u=o.textContent.split(Ge),h=u.length-1;if(h>0){o.textContent=Qr?Qr.emptyScript:"";for(let p=0;p<h;p++)o.append(u[p],Qt()),mt.nextNode(),l.push({type:2,index:++s});o.append(u[h],Qt())}}}else if(o.nodeType===8)if(o.data===ko)l.push({type:2,index:s});else{let u=-1;for(;(u=o.data.indexOf(Ge,u+1))!==-1;)l.push({type:7,index:s}),u+=Ge.length-1}s++}}static createElement(e,t){let n=gt.createElement("template");return n.innerHTML=e,n}};function yt(r,e,t=r,n){if(e===Ye)return e;let o=n!==void 0?t._$Co?.[n]:t._$Cl,s=er(e)?void 0:e._$litDirective$;return o?.constructor!==s&&(o?._$AO?.(!1),s===void 0?o=void 0:(o=new s(r),o._$AT(r,t,n)),n!==void 0?(t._$Co??=[])[n]=o:t._$Cl=o),o!==void 0&&(e=yt(r,o._$AS(r,e.values),o,n)),e}var en=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,o=(e?.creationScope??gt).importNode(t,!0);mt.currentNode=o;let s=mt.nextNode(),i=0,a=0,l=n[0];for(;l!==void 0;){if(i===l.index){let d;l.type===2?d=new Mt(s,s.nextSibling,this,e):l.type===1?d=new l.ctor(s,l.name,l.strings,this,e):l.type===6&&(d=new on(s,this,e)),this._$AV.push(d),l=n[++a]}i!==l?.index&&(s=mt.nextNode(),i++)}return mt.currentNode=gt,o}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(e,n,t),t+=n.strings.length-2):n._$AI(e[t])),t++}},Mt=class r{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,o){this.type=2,this._$AH=g,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=yt(this,e,t),er(e)?e===g||e==null||e===""?(this._$AH!==g&&this._$AR(),this._$AH=g):e!==this._$AH&&e!==Ye&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):ti(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==g&&er(this._$AH)?this._$AA.nextSibling.data=e:this.T(gt.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,o=typeof n=="number"?this._$AC(e):(n.el===void 0&&(n.el=tr.createElement(ni(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===o)this._$AH.p(t);else{let s=new en(o,this),i=s.u(this.options);s.p(t),this.T(i),this._$AH=s}}_$AC(e){let t=ei.get(e.strings);return t===void 0&&ei.set(e.strings,t=new tr(e)),t}k(e){Eo(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,n,o=0;for(let s of e)o===t.length?t.push(n=new r(this.O(Qt()),this.O(Qt()),this,this.options)):n=t[o],n._$AI(s),o++;o<t.length&&(this._$AR(n&&n._$AB.nextSibling,o),t.length=o)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let n=Gs(e).nextSibling;Gs(e).remove(),e=n}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},wt=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,o,s){this.type=1,this._$AH=g,this._$AN=void 0,this.element=e,this.name=t,this._$AM=o,this.options=s,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=g}_$AI(e,t=this,n,o){let s=this.strings,i=!1;if(s===void 0)e=yt(this,e,t,0),i=!er(e)||e!==this._$AH&&e!==Ye,i&&(this._$AH=e);else{let a=e,l,d;for(e=s[0],l=0;l<s.length-1;l++)d=yt(this,a[n+l],t,l),d===Ye&&(d=this._$AH[l]),i||=!er(d)||d!==this._$AH[l],d===g?e=g:e!==g&&(e+=(d??"")+s[l+1]),this._$AH[l]=d}i&&!o&&this.j(e)}j(e){e===g?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},tn=class extends wt{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===g?void 0:e}},rn=class extends wt{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==g)}},nn=class extends wt{constructor(e,t,n,o,s){super(e,t,n,o,s),this.type=5}_$AI(e,t=this){if((e=yt(this,e,t,0)??g)===Ye)return;let n=this._$AH,o=e===g&&n!==g||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,s=e!==g&&(n===g||o);o&&this.element.removeEventListener(this.name,this,n),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},on=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){yt(this,e)}},si={M:$o,P:Ge,A:ko,C:1,L:oi,R:en,D:ti,V:yt,I:Mt,H:wt,N:rn,U:nn,B:tn,F:on},Hd=xo.litHtmlPolyfillSupport;Hd?.(tr,Mt),(xo.litHtmlVersions??=[]).push("3.3.3");var ii=(r,e,t)=>{let n=t?.renderBefore??e,o=n._$litPart$;if(o===void 0){let s=t?.renderBefore??null;n._$litPart$=o=new Mt(e.insertBefore(Qt(),s),s,void 0,t??{})}return o._$AI(r),o};var _o=globalThis,K=class extends je{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=ii(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return Ye}};K._$litElement$=!0,K.finalized=!0,_o.litElementHydrateSupport?.({LitElement:K});var qd=_o.litElementPolyfillSupport;qd?.({LitElement:K});(_o.litElementVersions??=[]).push("4.2.2");var S=class extends Error{constructor(t,n,o=null){super(n);this.code=t;this.index=o;this.name="LogError"}},me=class extends Error{constructor(){super(...arguments);this.name="UnreachableError"}},Ae=class extends Error{constructor(){super(...arguments);this.name="NoSuchFileError"}};var ge=class extends Error{constructor(){super(...arguments);this.name="DecodeError"}},v=(r,e)=>{if(typeof r!="string")throw vt(r,e,"a text");return r},Ct=(r,e)=>{if(typeof r!="boolean")throw vt(r,e,"true or false");return r},ne=(r,e)=>{if(typeof r!="number"||!Number.isFinite(r))throw vt(r,e,"a number");return r},C=(r,e)=>{if(!Number.isSafeInteger(r))throw vt(r,e,"an integer");return r},R=(r,e)=>{if(C(r,e)<0)throw vt(r,e,"an integer from 0");return r};function k(r){return(e,t)=>e===null?null:r(e,t)}var ai=new WeakSet;function oe(r){let e=(t,n)=>t==null?null:r(t,n);return ai.add(e),e}function I(r){return(e,t)=>{if(!Array.isArray(e))throw vt(e,t,"a list");return e.map((n,o)=>r(n,`${t}[${o}]`))}}function sn(r){return(e,t)=>{let n=Object.entries(li(e,t));return Object.fromEntries(n.map(([o,s])=>[o,r(s,`${t}.${o}`)]))}}function D(r){let e=Object.keys(r);return(t,n)=>{let o=li(t,n),s={};for(let i of e){if(!(i in o)&&!ai.has(r[i]))throw new ge(`${n}.${i} is missing`);s[i]=r[i](o[i],`${n}.${i}`)}return s}}function bt(r,e,t){let n;try{n=JSON.parse(e)}catch{throw new ge(`${t} is not JSON`)}return r(n,t)}function li(r,e){if(typeof r!="object"||r===null||Array.isArray(r))throw vt(r,e,"an object");return r}function vt(r,e,t){let n=r===void 0?"nothing":JSON.stringify(r).slice(0,60);return new ge(`${e} is ${n}, expected ${t}`)}var ke=class extends Error{constructor(){super(...arguments);this.name="ForbiddenError"}};async function Le(r,e){let t=await cn(r,"default");if(t.status===401||t.status===403)throw new ke(`${r}: ${t.status}`);if(!t.ok)throw new me(`${r}: HTTP ${t.status}`);return bt(e,await To(t.text(),r),r)}var rr=class extends Error{constructor(){super(...arguments);this.name="RefusedError"}};async function di(r,e){let t=await cn(r,"no-store",{method:"POST",body:JSON.stringify(e),headers:{Accept:"*/*","Content-Type":"application/json"}});if(t.ok)return;let n=await t.json().catch(()=>null),o=D({error:D({message:v})}),s=`HTTP ${t.status}`;try{({message:s}=o(n,r).error)}catch(i){if(!(i instanceof ge))throw i}throw new rr(s)}async function an(r){let e=await cn(r,"no-store");if(e.status===401||e.status===403)throw new ke(`${r}: ${e.status}`);return ci(e,r)}function dn(r){let e=`api/v1/records/${r}`;return Promise.all([an(e),an(`${e}/proof`)])}var ln=class{async read(e){let t=await cn(`log/${e}`,"no-store");return ci(t,`log/${e}`)}};async function ci(r,e){if(r.status===404||r.status===410)throw new Ae(e);if(!r.ok)throw new me(`${e}: HTTP ${r.status}`);return new Uint8Array(await To(r.arrayBuffer(),e))}async function cn(r,e,t={}){let n={cache:e,headers:{Accept:"*/*"},signal:AbortSignal.timeout(2e4),...t};return To(fetch(r,n),r)}async function To(r,e){try{return await r}catch(t){throw new me(`${e}: ${t instanceof Error?t.message:String(t)}`)}}var ui={title:r=>`Power at ${r}`,product:"Local VPP",language:"日本語",languageLabel:"日本語に切り替える",unknown:"–",loading:"Loading…",connection:{connecting:"Connecting",live:"Live",lost:r=>`Connection lost. Trying again in ${r} s`,retrying:"Connection lost. Trying again…",stale:"The values shown are from before",restricted:"Not opened as the manager",restrictedHelp:"Power and records are shown when this page is opened with the manager's address. Anyone can check the log here.",resident:r=>`Resident of ${r}`,residentHelp:r=>`${r}, as its residents see it: the market and the flat's wallet. How other flats stand only the manager sees.`,held:"No record is taken until enough witnesses have signed the log's head, as after each start. Records wait; none is lost.",setBack:"No record is taken: witnesses have signed more entries than the log has. Stop the coordinator, and put back a newer backup, or rebuild the log from a flat's copy that has them:",unreadable:(r,e)=>`The server's ${r} message cannot be read: ${e}`},alarms:{heading:"Somebody has to look",conflict:(r,e,t)=>`${r}: two different records with number ${e} were signed with its key (found ${t}). Two devices use one key.`,conflictHelp:"Nothing is taken of this flat until the copy is stopped and the manager has reinstated it. Both records are kept as evidence:",ahead:(r,e)=>`${r} has signed a log of ${e} entries, which is more than it has now. Records were removed, or an old state was restored.`,fork:r=>`${r} does not sign the newest head: it does not follow from the one it has signed. The log may have two histories.`,objectionHelp:"The flat keeps both heads as evidence. Tell the manager, and compare with the copies that other flats keep.",nextKey:"The building's next key still lies on the server.",nextKeyHelp:"As long as it does, whoever breaks in can renew the building's key. Print it or copy it away, to another place than the recovery key's sheet, and delete it from the data folder:"},now:{heading:"Now",importing:"From the grid",exporting:"To the grid",bulk:"Bulk meter",balanced:"Nothing to or from the grid",shared:"Flat to flat",sharedHelp:"What flats give and take at this moment, as far as it balances inside the building",pv:"Solar",battery:"Batteries",charging:"charging",discharging:"discharging",common:"Common parts",frequency:"Frequency",flats:"Flats",online:(r,e)=>`${r} of ${e} online`,islanded:r=>`${r} islanded`,partial:"of known flats",atLeast:r=>`≥ ${r}`,latency:"Delay (median/99%)",latencyValues:(r,e)=>`${r} / ${e}`,slot:"This slot",slotEnds:r=>`${r} left`},picture:{heading:"Power flow",label:r=>`Power flow of the building: ${r} flats, common parts, bulk meter, grid`,grid:"Grid",meter:"Bulk meter",meterSub:"of the building",common:"Common",floor:r=>`${r}F`,flat:r=>`Flat ${r}`,buying:"taking",selling:"giving",idle:"nothing either way",offline:"offline",islanded:"island",legendIn:"taking",legendOut:"giving",legendWidth:"wider means more power",legendUnknown:"unknown",choose:"Choose a flat for its details"},flat:{close:"Close",grid:"Power at the meter",load:"Use",pv:"Solar",battery:"Battery",soc:"Charge",frequency:"Frequency",registers:"Registers (taken / given)",age:"Last heard",state:"State",online:"online",offline:"offline",islanded:"running as an island",device:"Device id",fingerprint:"Key fingerprint",notEnrolled:"not enrolled",lastSlot:r=>`Last settled slot, ${r}`,imported:"Taken",exported:"Given",sharedIn:"Shared, received",sharedOut:"Shared, given",insideMoney:"Balance of sharing",gridMoney:"Balance with the grid",notInSlot:"No meter values of this flat arrived"},slots:{heading:"Settled slots",label:r=>`Energy of the last ${r} settled slots`,none:"No slot has been settled yet",shared:"Shared",fromGrid:"From grid",surplus:"Surplus",price:"Price",yenPerKwh:"yen/kWh",missing:r=>`Missing: ${r}`,loss:"Losses",common:"Common parts",settlement:"Settled",settledBy:{trades:"by its trades",sharing_key:"by the sharing key",unknown:"unknown"},rent:"The building's part",rentHelp:"What buyers paid beyond what sellers got: the rent of a full line, or what a price rule leaves",ratio:"Covered inside the building",time:"Slot"},records:{heading:"Energy transfer proofs (ETP)",none:"No records yet",index:"No.",kind:"Kind",slot:"Slot",route:"Sender → receiver",to:"to",energy:"Energy",volume:"Volume",sources:"Source",frequency:"Frequency",inLog:"Log",held:"This record stands in the verified log",notHeld:"The log has another record at this number",notChecked:"Not checked yet",showAll:"Show all",showAllHelp:"Also the meter records of directions in which no energy moved",notDelivered:"not delivered",onlyEmpty:"The newest records are all of 0 Wh",verify:"Verify",verifyHelp:r=>`Check record ${r} by its proof in this browser`,kinds:{begin:"begin",interval:"meter",end:"end",tariff_change:"new tariff",exception:"meter exchanged",gap:"gap",enrol:"enrolment",rotate:"new key",revoke:"revoked",raw:"raw data",transfer:"shared",witness:"witness key",mirror:"copy key",settled:"settled",suspend:"suspended",reinstate:"reinstated",erased:"erased",supply:"gas",drill:"blackout drill",orders:"orders",book:"order book",cleared:"cleared",proposal:"proposal of a result",correction:"correction of a late value",payment:"payment"},parties:{building:"Building",bulk:"Bulk meter",common:"Common parts"},sourceNames:{unknown:"unknown",grid:"grid",solar:"solar",battery:"battery",vehicle:"EV",wind:"wind",fuel_cell:"fuel cell"}},log:{heading:"Check of the log",explanation:"Whether records were changed afterwards is worked out by this browser itself, from every entry, and not taken from the server.",verified:"Verified",verifiedAll:(r,e)=>`${r} entries in ${e} ms`,verifiedRest:(r,e,t)=>`${r} entries (now the last ${e}, in ${t} ms)`,verifiedSame:r=>`${r} entries, unchanged since the check before`,continues:r=>`and they continue the ${r} verified before`,waiting:"Not yet verified",checking:(r,e)=>`Verifying ${r} of ${e}`,unreachable:"Not verified: the log could not be fetched",failed:"Does not verify",failedBefore:(r,e)=>`Verification has failed ${r} times since this page was opened (last ${e})`,reasons:{format:"A file of the log is not in the form it must have.",signature:"The signature is not by the key of the building's log. Somebody poses as the server, or the key was exchanged.",key:"The key of the building's log is not the one this browser knows. This is another server, or the key was exchanged.",origin:"This is the log of another building.",shrunk:"There are fewer records than when last verified. Records were removed, or an old state was restored.",fork:"A history was signed that contradicts the one verified before. Earlier records were replaced.",entry:"A record is not the one whose hash the log's tree holds. It was changed.",root:"All records together do not make the signed value. A record was changed.",missing:"The server does not have records that it has signed for."},entry:r=>`Record concerned: number ${r}`,detail:"Details",advice:"Keep this page as it is, and compare with the building's manager and the copies that other flats keep.",origin:"Name of the log",size:"Entries",root:"Root",age:"Last signed",fingerprint:"Key of the building",fingerprintHelp:"Compare it with the one noted when your flat was enrolled",again:"Verify everything again",forget:"Drop the history verified before and start from the present log",forgetHelp:"Only when you know why the history changed, such as after a restored backup. This also removes the evidence from this browser."},witnesses:{heading:"Signed by other flats",none:"This building has no witnesses yet: the log's own signature stands alone",flats:(r,e,t)=>`${r} of ${e} flats have signed this head, ${t} needed`,outside:(r,e,t)=>`${r} of ${e} outside witnesses have signed, ${t} needed`,quorum:(r,e)=>`Quorum since ${r} for ${e} entries`,noQuorum:"No head has its quorum yet",here:"verified here",waits:r=>`The newest head has waited ${r} for more flats to sign. Your records are kept; neighbours have not confirmed them yet.`,old:(r,e)=>`No new quorum since ${r}; the newest head has waited ${e}. Too few flats are connected. Your records are kept; ask the manager if this lasts.`,wrong:r=>`A signature given out under the name of ${r} is not theirs. Keep this page as it is, and tell the manager.`,unread:r=>`Not checked here, as this page cannot compute its kind of signature: ${r}`,changed:"The list of witnesses has changed",changedHelp:"The signatures go on being counted by the list that this browser saw first, until you take the new one over.",pinned:"Known list",served:"Served now",added:"New",removed:"Gone",rekeyed:"Other key",dropped:"By the new list, nobody would have to sign.",allNamed:"The verified log itself names these flats with these keys, as when flats join or renew their keys.",unnamed:r=>`The verified log does not name these with their keys: ${r}. Take the list over only if the manager has told you why.`,accept:"Take the new list over",unreachable:"The flats' signatures could not be fetched, so they are not checked here",failed:"The list of witnesses or their signatures cannot be read, so they are not checked here",copies:"Copies in other flats",noCopies:"No flat keeps a copy yet",copiesHeld:(r,e,t)=>`${r} copies, ${e} of them with all ${t} entries`,behind:r=>`: ${r} behind`,unmirrored:r=>`For ${r} the flats have signed entries that no flat has a copy of. If the server is lost now, nothing brings the ledger back: see that a flat with a copy is connected and its disk is not full.`,comma:", "},market:{heading:"The building's market",explanation:"What came of the flats' offers and wishes, slot by slot. Traded is what was agreed at the gate; delivered is what the meters counted of it, and what is paid for.",explanationResident:"What came of the flats' offers and wishes, slot by slot. Other flats are not named; your own orders and trades are marked. Traded is what was agreed at the gate; delivered is what the meters counted of it, and what is paid for.",slots:"Slots of the market",slotOf:r=>`Slot ${r}`,roundsOf:"Rounds of this slot",roundsExplained:"What a round has traded stands. Until the last gate flats order again, each time what is left of their wishes.",round:"Round",gate:"Gate",leftOffered:"Offers left",leftWanted:"Wishes left",allRounds:"Together",roundToCome:"open",outcomes:{traded:"traded",sharing_key:"shared",open:"going on"},stages:{showing:"The gate is closed; flats show their orders",clearing:"Orders are being matched",checking:"Flats are checking the result"},whys:{no_orders:"nobody had ordered",no_trades:"no offer met a wish",not_shown:"the orders in the log were not shown",no_book:"the log did not take the book before the slot began",uncleared:"the book could not be cleared",too_large:"the book or the result was too large",no_quorum:"too few flats agreed before the slot began",unclaimed:"enough flats agreed, and some orders in the book no flat called its own",unlogged:"enough flats agreed, and the log did not take their words before the slot began",fault:"the coordinator's program failed in it; its log says how",disputed:"flats found something wrong, and too few agreed",missed:"the coordinator was down at the gate",rebuilt:"the coordinator was rebuilt and has not what was in this slot"},tradedAt:(r,e)=>`Traded ${r}, clearing price ${e}`,severalPrices:"differs by trade",supply:"Supply (offers to sell)",demand:"Demand (wishes to buy)",clearingPrice:"Clearing price",tradedEnergy:"Traded",chartLabel:(r,e)=>`Demand and supply curves. Clearing price ${r}, traded ${e}. The values are in the table that follows`,curvesTable:"Values of the demand and supply curves",upToThere:"Sum up to this price",side:"Side",sides:{bid:"buy",ask:"sell"},limit:"Limit",amount:"Ordered",filled:"Traded",price:"Price",flat:"Flat",flatOrBlind:"Flat (or blind)",own:"yours",orders:"Order book",noOrders:"No orders",forgotten:"The server keeps the documents of orders and result no longer. Their records are in the log.",trades:"Trades",noTrades:"No trades",cameBack:"The server was lost after this round, and flats have given its documents back. Who was asked, and what flats found, is not known any more.",agreedOnly:"As agreed at the gate. What is delivered of it the meters tell once the slot is over.",seller:"Seller",buyer:"Buyer",sellerGets:r=>`seller gets ${r}`,delivered:"Delivered (settlement)",deliveredEnergy:"Delivered",money:"Money",notSettled:"This slot is not settled yet.",nothingMoved:"No energy moved between flats.",quorum:"Agreement of the flats",agreed:(r,e,t)=>`${r} of ${e} flats found the result right (${t} needed).`,notShown:r=>`Did not show what they had ordered: ${r}`,leftOut:(r,e)=>`${r} is left out of the result: ${e}`,leftOutWhys:{no_word:"it gave no word on the first one, and its orders do not count.",not_vouched:"by its word on the first one its orders are not there as it gave them. They do not count."},leftOutUnknown:"nobody has vouched for its orders in time. They do not count.",notCounted:"left out",disputed:r=>`${r} disputes it:`,aFlat:"A flat",bookRecord:"order book",clearedRecord:"trades",verifyRecord:(r,e)=>`Verify the record of the ${r} (number ${e})`,unreachable:"The market cannot be reached. Try again in a while.",check:{heading:"Check of the result",checking:"Checking…",unreachable:"Not checked: book and result cannot be had.",again:"Check again",right:{browser:"Right, as this browser has computed itself",server:"Right, says the server's check"},wrong:{browser:"This browser has found something wrong",server:"Something wrong was found"},byBrowser:"Computed in this browser from the documents of book and result alone. Nothing the server says counts for it.",byServer:"The result was checked by the server, with localvpp.market.check. This browser has not checked it.",uncovered:{lines:"This browser cannot compute the most energy over lines that limit it.",objective:"This browser cannot compute the building's objective.",rule:"This browser cannot compute the building's price rule.",document:"The documents are of a newer format, or broken: this browser cannot read them."},steps:{log:"The order book is the one that the log's record names",shown:"Orders and trades shown here are those of the documents",book:"The result is of this book, and its sums are right",possible:"Every trade keeps to its orders' sides, amounts and limits, and to the lines",best:"No other solution is better (proven by prices; equal orders by lot)",pairs:"Sellers and buyers are paired in the order that is laid down",prices:"Every trade costs what the rule says",server:"The result is right for its book (the server's check)"},logged:{other:"The log's record names another book: this one was exchanged.",unproven:"The book's record cannot be proven by the log.",unknown:"The record is not in the log yet, or the log was not verified here yet."},misshown:r=>`Order ${r} is shown otherwise than it is`,about:r=>` (${r})`,found:{otherBook:()=>"It is the result of another book",otherRules:()=>"Its objective or price rule is not the book's",energySum:({energy:[r,e]})=>`It says ${r} in all, and the trades move ${e}`,gainSum:({money:[r,e]})=>`It says a gain of ${r}, and the trades gain ${e}`,stages:()=>"The stages of the proof are not those of this book",stranger:({order:r})=>`Order ${r} has no part in this stage`,notGreen:({pair:r})=>`Trade ${r} sells other energy to who buys green only`,overLine:({node:r,energy:[e,t]})=>`Line ${r} would carry ${e}, and has ${t} left`,cut:({energy:[r,e]})=>`The proof says ${e}, and the trades move ${r}`,hasRoom:({node:r})=>`Line ${r} has room, and yet the proof's prices at its ends differ`,awayFirst:({node:r})=>`Who would come first inside ${r} trades beyond its line`,bothWays:({node:r})=>`${r} sells beyond its line and buys from beyond it at once`,unknownOrder:({order:r})=>`The book has no order ${r}`,wrongSide:({order:r})=>`Order ${r} is on the other side`,noEnergy:({pair:r})=>`Trade ${r} moves less than 1 Wh`,tooMuch:({order:r,energy:[e,t]})=>`Order ${r} trades ${e}, and has ordered ${t}`,outsideLimits:({pair:r,price:[e,t]})=>`Trade ${r} at ${e} is beyond the limit ${t}`,noCertificate:()=>"The price that would prove it is missing, or the proof is not one for this book",bound:({money:[r,e]})=>`At the price of the proof up to ${e} could be gained, and the trades gain ${r}`,couldTrade:({order:r,energy:[e,t]})=>`Order ${r} would gain by trading all of its ${t} at the price of the proof, and trades ${e}`,loses:({order:r,price:[e,t]})=>`Order ${r}, of limit ${e}, loses at the price of the proof, ${t}`,turned:({order:r,other:e})=>`By limits and lot, order ${e} comes before ${r}`,pairing:({pair:r,before:e})=>`Trade ${r} cannot come after ${e}`,price:({pair:r,price:[e,t]})=>`Trade ${r} costs ${e}, and by the rule ${t}`},faults:{result:"result",trade:"trade",order:"order",green:"green only",line:"line",optimum:"optimum",tie:"tie",pairing:"pairing",price:"price",whole:"whole"}}},wallet:{heading:r=>`${r}: wallet`,what:"What",today:"Today",month:"This month",caption:(r,e)=>`Settled slots: ${r} today, ${e} this month`,unreachable:"The wallet cannot be reached. Try again in a while.",untold:"your flat's records do not tell it",partly:(r,e)=>`told in ${r} of ${e} slots`,undelivered:r=>`Trades of which nothing was delivered this month: ${r}.`,ways:{title:(r,e)=>`${r}, ${e}: where it comes from`,slots:"Slots and their records",none:"No slot has any of it yet.",prices:(r,e,t)=>`Inside ${r}, grid ${e}, fed in ${t}`,record:(r,e)=>`${r} ${e}`,kinds:{meter:"Meter",transfers:"Transfer",settled:"Settled",orders:"Orders",cleared:"Cleared"}},rows:{generated:{name:"Generated",from:"counted by your own inverter, as your flat's signed records tell"},consumed:{name:"Consumed",from:"generated and taken in, less what was given out, with your battery"},imported:{name:"Taken in",from:"your flat's meter"},exported:{name:"Given out",from:"your flat's meter"},tradedBought:{name:"Bought (traded)",from:"agreed at the gate, as cleared; of the month see the statement"},bought:{name:"Bought (delivered)",from:"what came of it by the meters, as settled"},tradedSold:{name:"Sold (traded)",from:"agreed at the gate, as cleared; of the month see the statement"},sold:{name:"Sold (delivered)",from:"what went of it by the meters, as settled"},sharedIn:{name:"Shared, received",from:"without a trade, by the sharing key"},sharedOut:{name:"Shared, given",from:"without a trade, by the sharing key"},paid:{name:"Paid to neighbours",from:"sum over your transfers, with what falls to the building"},earned:{name:"Earned from neighbours",from:"sum over your transfers"},grid:{name:"Balance with the grid",from:"the rest, at the building's grid prices"},saved:{name:"Saved",from:"against buying and selling the same energy at the grid's prices"}}},proof:{heading:"Verify my proof",explanation:"Checks one energy transfer proof (ETP) with its two files. Nothing is uploaded: the files are read and checked in this browser only.",choose:"Choose or drop both files",chooseWhich:"the record (.etp) and its proof (.tlog-proof)",missingRecord:"The record (.etp) is still missing",missingProof:"The proof (.tlog-proof) is still missing",proven:"The record is proven",refused:"The record is not proven",outcomes:{passed:"passed",failed:"failed",open:"not known"},steps:{record:"The record is whole and in its one form",body:"Its content is what the signed envelope commits to",building:"It is meant for this building",proof:"The proof is in its one form",head:"The building's log has signed the proof's head",place:"The record stands in the log under that head",device:"The device's own key, as the log names it, has signed the record",witnesses:"Enough other flats have signed the head",here:"The log verified in this browser has the same record there",browser:"The browser's own cryptography (WebCrypto) comes to the same result"},reasons:{encoding:"The file is not a record, is cut off, or was changed.",field:"A field says what no record says, or is missing.",commitment:"The content is another than what was signed. It was changed afterwards.",otherBuilding:"It belongs to another building.",format:"The file is not a proof, is cut off, or was changed.",signature:"The signature is not by the key of this building's log.",origin:"The proof is of another building's log.",beyond:"The proof names a number that its head does not reach.",pathLength:"The proof has more or fewer steps than lead to the head.",path:"The record does not lead to the signed head: it, or the proof, was changed, or they do not belong together.",noKey:"The log names no key of this device before this place.",otherKey:"It was signed with another key than the device had at this place of the log.",notSigned:"The signature is not by the device's key. The record was changed, or somebody else wrote it.",keysUnread:"Not checked: this browser has not verified the log so far yet.",wrongWitness:"A signature is wrong, under the name of:",tooFew:"Too few had signed when the proof was written, or more flats have joined since. Download the proof again.",policyChanged:"Not enough by the list of witnesses that this browser knows. The building serves another one now: see the change under 'Signed by other flats'.",noWitnesses:"This building has no witnesses yet.",noPolicy:"The list of witnesses could not be read, so their signatures were not checked.",otherRecord:"The log has another record at this number.",notRemembered:"Not compared: this browser remembers the newest 1,024 records.",notSecure:"Not checked again: browsers offer WebCrypto on https only. The steps above do not need it: the page computes them itself.",noEd25519:"Not checked again: this browser's WebCrypto does not know Ed25519. The steps above do not need it: the page computes them itself.",before:"Not checked, as an earlier step has failed."},place:(r,e)=>`Number ${r} of ${e} entries (counted from 0)`,flats:(r,e,t)=>`${r} of ${e} flats, ${t} needed`,stop:". ",troubles:{notKnown:"The building's key is not known yet, as the server has not answered. Try again when the page is connected.",tooLarge:"The file is far too large for a record or a proof.",unreadable:"The file cannot be read. Was it moved, or is it a folder?",erased:"The content of this record was erased on request. Its place in the log remains.",unreachable:"The record or its proof could not be fetched. Try again when the page is connected."},says:"What the record says",saysUnproven:"As it stands in the file; it is not proven.",time:"Time",from:"From",to:"To",generated:"Counter of its PV",charged:"Counter of charging",discharged:"Counter of discharging",imported:"Import register",exported:"Export register",meter:"Meter",sellerGets:"The seller gets",drillLevel:"Drill level",drillReport:"Report (SHA-256)",document:"Document (SHA-256)",paid:"Paid",paidFor:"For",deposit:"deposit",billOf:r=>`the bill of ${r}`,paidBy:"By",ways:{debit:"bank debit",transfer:"bank transfer",cash:"cash",set_off:"set off"},paidOn:"On",reference:"Reference",standsIn:"nothing: it stands in for a payment",takesBack:"Takes back the payment",correctedOf:"Whose value",before:"Was taken for",after:"Is taken for",notKnown:"not known",valueOf:(r,e)=>`${r} drawn, ${e} given`,estimatedFrom:r=>`estimated from ${r}`,remarks:"Remarks",meterStatus:["","meter did not answer","meter exchanged","meter read with an error"],errorFlags:["energy not for billing","time not for billing","cut off from the grid"],signedBy:"Written by"},blackout:{heading:"Ready for a blackout",grid:"Grid at the bulk meter",grids:{good:"good",doubtful:"unsteady",gone:"gone",unknown:"unknown"},islanded:"On their own",connected:"On the grid",unknownFlats:"Unknown",safe:(r,e)=>`Acknowledged ${r} / ${e} flats`,flatStates:{islanded:"on its own",connected:"on the grid",unknown:"unknown"},isSafe:"acknowledged",none:"No drill was held yet.",plan:{heading:"Plan a drill",level:"Level",levels:{l1:"L1 roll-call alone, nobody is separated",l2:"L2 a short island",l3:"L3 an island under load",l4:"L4 an island deep into the battery"},length:"Island of each flat (min)",notice:"Notice (min)",submit:"Plan",start:"Announce it to all flats and begin",sure:"Really begin?",again:"Plan anew",planned:(r,e)=>`At most ${r} at once, contract demand ${e}. The order is drawn by lot, and each flat may refuse with a reason.`,plannedRollCall:"Nobody is separated: all flats are told, and their answers are awaited."},stages:{planned:"Planned",announced:"Announced",running:"Going on",ended:"Over"},first:r=>`No flat is called before ${r}`,counts:(r,e,t,n)=>`${r} done, ${e} under way, ${t} refused, ${n} waiting`,against:{event:"Nobody is called near a demand response event or the peak.",demand_unknown:"Nobody is called while the bulk meter cannot be read.",full:"As many flats are under way as may be.",contract:"The contract demand has no room for one more now.",line:"A line of the building has no room for one more now.",nobody:"No flat can be called now."},stop:"Stop the drill",stopSure:"Really stop?",ended:{done:"Every flat had its turn.",stopped:"The manager has stopped it.",time:"It ran out of time.",warning:"It ended because a warning is in force.",outage:"It ended because the grid really went away.",restarted:"It ended because the coordinator stopped. Flats return to the grid by themselves."},measured:(r,e,t,n)=>`${r} at once at most (limit ${e}), ${t} drawn at most (contract ${n})`,report:"Report (JSON)",sheet:r=>`Report (PDF, ${r})`,languages:{ja:"Japanese",en:"English"},logged:"A record in the log names the report.",rollCall:{heading:"Roll-call",inTime:(r,e)=>`${r} of ${e} flats within 10 minutes`,flat:"Flat",notified:"Told",acknowledged:"Acknowledged",turn:"Drill",after:(r,e)=>`${r} (${e})`,tick:"Tick off",manager:"manager",stages:{waiting:"waiting",called:"called",out:"under way",home:"home",refused:"refused"},passed:"passed",failed:"not passed",report:"report",gap:(r,e)=>`dark for ≤ ${r} s, sampled each ${e} s`},reasons:{not_connected:"not on the grid",not_possible:"its devices cannot be asked",grid_not_steady:"the grid is not steady",battery_low:"too little charge",battery_unknown:"charge unknown",endurance:"the battery would not last",warning:"a warning is in force",too_soon:"too soon after the last drill",too_long:"too long",not_attended:"nobody has acknowledged it",medical:"a medical device",overloaded:"overloaded",too_many:"separated too often",stale:"old readings",busy:"in another drill",failed_before:"the last one failed, unseen",seen:"the same call again",expired:"the call came too late",early:"a clock is wrong",too_lasting:"the call holds too long",declined:"a resident refuses",not_set_up:"not set up for blackouts"},refused:r=>`That was refused: ${r}`},lasting:{minutes:r=>`${r} min`,hours:r=>`${r} h`,days:r=>`${r} days`},age:{seconds:r=>`${r} s ago`,minutes:r=>`${r} min ago`,hours:r=>`${r} h ago`,days:r=>`${r} days ago`},duration:(r,e)=>`${r} min ${e} s`,yen:"yen"};var nr=class{constructor(e,t){this.language=e;this.messages=t;this.clock=new Intl.DateTimeFormat(e,{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),this.day=new Intl.DateTimeFormat(e,{month:"numeric",day:"numeric"})}number(e,t=0){return e===null?this.messages.unknown:(Number(e.toFixed(t))+0).toLocaleString(this.language,{minimumFractionDigits:t,maximumFractionDigits:t})}power(e){return this.scaled(e,"W")}shortPower(e){return e===null||Math.abs(e)<999.5?this.power(e):`${this.number(Math.abs(e)/1e3,1)} kW`}energy(e){return this.scaled(e,"Wh")}litres(e){return`${this.number(e)} L`}wattHours(e){return`${this.number(e)} Wh`}kilowattHours(e){return e===null?this.messages.unknown:`${this.number(e/1e3,3)} kWh`}scaled(e,t){if(e===null)return this.messages.unknown;let n=Math.abs(e);return n<999.5?`${this.number(n)} ${t}`:`${this.number(n/1e3,n<9995?2:1)} k${t}`}frequency(e){return e===null?this.messages.unknown:`${this.number(e,2)} Hz`}percent(e){return e===null?this.messages.unknown:`${this.number(e)} %`}milliseconds(e){return e===null?this.messages.unknown:`${this.number(e)} ms`}money(e){if(e===null)return this.messages.unknown;let t=this.number(Math.abs(e)/1e5,2);return`${Number((e/1e5).toFixed(2))===0?"":e<0?"−":"+"}${t} ${this.messages.yen}`}exactMoney(e){let t=e%1e3===0?2:5;return`${this.number(e/1e5,t)} ${this.messages.yen}`}yen(e){return`${this.number(e)} ${this.messages.yen}`}barePrice(e){return this.number(e/100,2)}price(e){return e===null?this.messages.unknown:`${this.number(e/100,2)} ${this.messages.slots.yenPerKwh}`}time(e){return this.clock.format(e)}date(e){return this.day.format(e)}moment(e,t){let n=this.day.format(e);return n===this.day.format(t)?this.time(e):`${n} ${this.time(e)}`}instant(e,t){let n=new Intl.DateTimeFormat(this.language,{timeStyle:"medium",hourCycle:"h23"}).format(e),o=this.day.format(e);return o===this.day.format(t)?n:`${o} ${n}`}slot(e,t,n){return`${this.moment(e*1e3,n)}–${this.time((e+t)*1e3)}`}period(e,t){let n=new Intl.DateTimeFormat(this.language,{dateStyle:"medium"}),o=new Intl.DateTimeFormat(this.language,{timeStyle:"medium",hourCycle:"h23"}),[s,i]=[n.format(e),n.format(t)];return`${s} ${o.format(e)}–${s===i?"":`${i} `}${o.format(t)}`}lasting(e){let{lasting:t}=this.messages,n=Math.max(1,Math.floor(e/6e4));return n<120?t.minutes(this.number(n)):n<2880?t.hours(this.number(n/60)):t.days(this.number(n/1440))}age(e){if(e===null)return this.messages.unknown;let{age:t}=this.messages,n=Math.max(0,e/1e3);return n<9.95?t.seconds(this.number(n,1)):n<99.5?t.seconds(this.number(n)):n<99.5*60?t.minutes(this.number(n/60)):n<48*3600?t.hours(this.number(n/3600)):t.days(this.number(n/86400))}};var fi={title:r=>`${r}の電力`,product:"Local VPP",language:"English",languageLabel:"Switch to English",unknown:"–",loading:"読み込み中…",connection:{connecting:"接続中",live:"ライブ",lost:r=>`接続が切れました。${r} 秒後に再接続します`,retrying:"接続が切れました。再接続しています…",stale:"表示は切断前の値です",restricted:"管理者として開いていません",restrictedHelp:"電力の状態と記録は、管理者用のアドレスから開くと表示されます。ログの検証はどなたでもこの画面でできます。",resident:r=>`${r}の居住者`,residentHelp:r=>`${r}の居住者として開いています。建物内取引と、この住戸のウォレットを表示します。ほかの住戸の状態は管理者にだけ表示されます。`,held:"起動後は毎回、必要な数の証人がログの先頭に署名するまで、記録を受け付けません。記録は待機しており、失われません。",setBack:"証人が、いまのログより多い件数に署名済みのため、記録を受け付けていません。コーディネーターを止め、より新しいバックアップに戻すか、その件数を持つ住戸の写し(ミラー)からログを再建してください:",unreadable:(r,e)=>`サーバーからの ${r} を読み取れません: ${e}`},alarms:{heading:"確認が必要です",conflict:(r,e,t)=>`${r}の鍵で、番号 ${e} の記録が 2 通り署名されました(${t} に検出)。1 つの鍵を 2 台の機器が使っています。`,conflictHelp:"複製された側を止め、管理者が再開するまで、この住戸の記録は受け付けません。両方の記録を証拠として保管しています:",ahead:(r,e)=>`${r}は、いまのログより長い ${e} 件のログに署名済みです。記録が消されたか、古い状態に戻されています。`,fork:r=>`${r}は、最新の状態が署名済みの状態の続きではないとして、署名を拒んでいます。ログの履歴が 2 通りあるおそれがあります。`,objectionHelp:"両方の状態は、この住戸が証拠として保管しています。管理者に連絡し、ほかの住戸の記録(ミラー)と照合してください。",nextKey:"建物の次の鍵が、まだサーバーに置かれています。",nextKeyHelp:"置かれている間は、侵入者が建物の鍵を更新できてしまいます。印刷するか、復旧鍵の控えとは別の場所に写し、データフォルダーから削除してください:"},now:{heading:"現在",importing:"系統から受電",exporting:"系統へ逆潮流",bulk:"受電点",balanced:"系統との授受なし",shared:"住戸間の融通",sharedHelp:"いま住戸が出している電力と使っている電力のうち、建物の中で釣り合っている分",pv:"太陽光",battery:"蓄電池",charging:"充電",discharging:"放電",common:"共用部",frequency:"周波数",flats:"住戸",online:(r,e)=>`${r} / ${e} 戸 受信中`,islanded:r=>`${r} 戸が自立運転`,partial:"届いた値の合計",atLeast:r=>`${r} 以上`,latency:"計測遅延(中央/99%)",latencyValues:(r,e)=>`${r} / ${e}`,slot:"このコマ",slotEnds:r=>`残り ${r}`},picture:{heading:"電力の流れ",label:r=>`建物の電力の流れ。住戸 ${r} 戸、共用部、受電点、系統`,grid:"系統",meter:"受電点",meterSub:"一括受電計量",common:"共用部",floor:r=>`${r}F`,flat:r=>`${r} 号室`,buying:"受電",selling:"送り出し",idle:"授受なし",offline:"通信なし",islanded:"自立",legendIn:"使う向き",legendOut:"送り出す向き",legendWidth:"線の太さは電力の大きさ",legendUnknown:"不明",choose:"住戸を選ぶと詳細を表示します"},flat:{close:"閉じる",grid:"受電点の電力",load:"使用電力",pv:"太陽光",battery:"蓄電池",soc:"充電率",frequency:"周波数",registers:"計量値(受電 / 送り出し)",age:"最終受信",state:"状態",online:"受信中",offline:"通信なし",islanded:"自立運転中",device:"機器 ID",fingerprint:"鍵の照合番号",notEnrolled:"未登録",lastSlot:r=>`前回精算したコマ ${r}`,imported:"受電",exported:"送り出し",sharedIn:"融通で受けた",sharedOut:"融通で渡した",insideMoney:"融通の収支",gridMoney:"系統分の収支",notInSlot:"この住戸の計量値は届いていません"},slots:{heading:"精算済みのコマ",label:r=>`精算済みの直近 ${r} コマの電力量`,none:"精算済みのコマはまだありません",shared:"融通",fromGrid:"系統から",surplus:"余剰",price:"融通単価",yenPerKwh:"円/kWh",missing:r=>`未着: ${r}`,loss:"損失",common:"共用部",settlement:"精算方法",settledBy:{trades:"約定どおり",sharing_key:"建物の融通ルール",unknown:"不明"},rent:"建物の取り分",rentHelp:"買い手の支払いのうち、売り手に渡らない分(幹線の制限や価格の決め方によるもの)",ratio:"建物内でまかなった割合",time:"コマ"},records:{heading:"電力移動証明(ETP)",none:"記録はまだありません",index:"番号",kind:"種別",slot:"コマ",route:"送り手 → 受け手",to:"から",energy:"電力量",volume:"体積",sources:"由来",frequency:"周波数",inLog:"ログ",held:"この記録は、検証したログに載っています",notHeld:"この番号のログには別の記録が載っています",notChecked:"まだ照合していません",showAll:"すべて表示",showAllHelp:"電力の動きがなかった向きの計量記録(0 Wh)も表示します",notDelivered:"受渡しなし",onlyEmpty:"直近の記録はすべて 0 Wh です",verify:"検証",verifyHelp:r=>`番号 ${r} の記録を、証明を使ってこのブラウザーで検証します`,kinds:{begin:"開始",interval:"計量",end:"終了",tariff_change:"単価変更",exception:"メーター交換",gap:"欠測",enrol:"登録",rotate:"鍵更新",revoke:"失効",raw:"生データ",transfer:"融通",witness:"連署鍵",mirror:"ミラー鍵",settled:"精算",suspend:"停止",reinstate:"再開",erased:"消去",supply:"ガス",drill:"停電訓練",orders:"注文",book:"注文板",cleared:"約定",proposal:"約定結果の提案",correction:"遅れて届いた計量値による訂正",payment:"入出金"},parties:{building:"建物",bulk:"受電点",common:"共用部"},sourceNames:{unknown:"不明",grid:"系統",solar:"太陽光",battery:"蓄電池",vehicle:"EV",wind:"風力",fuel_cell:"燃料電池"}},log:{heading:"記録の検証",explanation:"記録が後から書き換えられていないことを、サーバーの言い分によらず、このブラウザーが全件から計算し直して確かめます。",verified:"検証済み",verifiedAll:(r,e)=>`${r} 件を ${e} ms で検証`,verifiedRest:(r,e,t)=>`${r} 件(今回は末尾の ${e} 件を ${t} ms で検証)`,verifiedSame:r=>`${r} 件。前回の検証から変わりありません`,continues:r=>`前に確かめた ${r} 件の続きであることも確認`,waiting:"検証前",checking:(r,e)=>`検証中 ${r} / ${e} 件`,unreachable:"ログを取得できないため、検証できていません",failed:"検証に失敗しました",failedBefore:(r,e)=>`この画面を開いてから ${r} 回、検証に失敗しています(最後 ${e})`,reasons:{format:"ログのファイルが決められた形式になっていません。",signature:"署名が建物のログの鍵によるものではありません。サーバーになりすました者がいるか、鍵が入れ替わっています。",key:"建物のログの鍵が、このブラウザーが前に見た鍵と違います。別のサーバーにつながっているか、鍵が入れ替わっています。",origin:"別の建物のログが送られてきました。",shrunk:"記録の件数が、前に確かめたときより減っています。記録が消されたか、古い状態に戻されています。",fork:"前に確かめた記録と食い違う履歴に署名されています。過去の記録が差し替えられています。",entry:"記録の中身が、ログの木に残されたハッシュと一致しません。記録が書き換えられています。",root:"全件から計算した値が、署名された値と一致しません。記録が書き換えられています。",missing:"署名されているはずの記録がサーバーにありません。"},entry:r=>`該当する記録: 番号 ${r}`,detail:"詳しい内容",advice:"この画面を保存し、建物の管理者とほかの住戸の記録(ミラー)で照合してください。",origin:"ログの名前",size:"件数",root:"ルート",age:"最新の署名",fingerprint:"建物の鍵",fingerprintHelp:"登録時に各戸で控えた番号と同じかを見比べてください",again:"全件を検証し直す",forget:"前に確かめた履歴を破棄し、いまのログを基準にする",forgetHelp:"バックアップからの復元など、履歴が変わった理由が分かっている場合だけ使ってください。破棄すると、食い違いの証拠もこのブラウザーから消えます。"},witnesses:{heading:"ほかの住戸の連署",none:"この建物には連署する住戸がまだありません。署名はログ自身のものだけです",flats:(r,e,t)=>`最新の状態に ${e} 戸中 ${r} 戸が連署(必要数 ${t} 戸)`,outside:(r,e,t)=>`外部の連署者 ${e} 者中 ${r} 者が連署(必要数 ${t} 者)`,quorum:(r,e)=>`${r} に ${e} 件までの連署が定足数に到達`,noQuorum:"連署が定足数に達した状態はまだありません",here:"この画面で検証済み",waits:r=>`最新の状態への連署が、${r}にわたって定足数に達していません。記録は保存されていますが、ほかの住戸による確認はまだです。`,old:(r,e)=>`${r} を最後に、連署が定足数に達していません(最新の状態は ${e}待ち)。つながっている住戸が足りません。記録は保存されています。続くようなら管理者に連絡してください。`,wrong:r=>`${r}の名で示された連署が、本人の署名ではありません。この画面を残したまま、管理者に連絡してください。`,unread:r=>`この画面では計算できない方式の署名のため、未検証: ${r}`,changed:"連署者の一覧が変わりました",changedHelp:"新しい一覧に切り替えるまで、このブラウザーが最初に受け取った一覧を基準に、連署を数えます。",pinned:"これまでの一覧",served:"いま届いている一覧",added:"追加",removed:"削除",rekeyed:"鍵の変更",dropped:"新しい一覧では、誰の連署も必要とされません。",allNamed:"これらの住戸と鍵は、検証済みのログにも登録されています(住戸の追加や鍵の更新のときの変化です)。",unnamed:r=>`検証済みのログに登録されていない鍵があります: ${r}。管理者から理由を聞いていない限り、切り替えないでください。`,accept:"新しい一覧に切り替える",unreachable:"連署を取得できないため、この画面では検証できていません",failed:"連署者の一覧または連署を読み取れないため、この画面では検証できていません",copies:"ほかの住戸にあるミラー(複製)",noCopies:"ミラーを持つ住戸はまだありません",copiesHeld:(r,e,t)=>`ミラー ${r} か所、うち ${e} か所が全 ${t} 件を保持`,behind:r=>`: ${r} 件遅れ`,unmirrored:r=>`${r}前から、連署済みなのにどの住戸にもミラーがない記録があります。いまサーバーが失われると台帳は復旧できません。ミラーを持つ住戸が接続していること、ディスクに空きがあることを確認してください。`,comma:"、"},market:{heading:"建物内取引",explanation:"コマごとに住戸の売り注文と買い注文を突き合わせた結果です。約定は締切時点の取り決め、受渡しはメーターで量った実績で、精算は受渡しで行います。",explanationResident:"コマごとに住戸の売り注文と買い注文を突き合わせた結果です。ほかの住戸の名前は伏せてあり、自分の注文と約定だけに印が付きます。約定は締切時点の取り決め、受渡しはメーターで量った実績で、精算は受渡しで行います。",slots:"取引のコマ",slotOf:r=>`コマ ${r}`,roundsOf:"このコマの回",roundsExplained:"約定した分は確定です。最後の締切までは、各住戸が残りを改めて注文し、回ごとに突き合わせます。",round:"回",gate:"締切",leftOffered:"売れ残り",leftWanted:"買い残り",allRounds:"合計",roundToCome:"受付中",outcomes:{traded:"約定",sharing_key:"融通",open:"進行中"},stages:{showing:"締切済み。注文の公開を待っています",clearing:"注文を突き合わせています",checking:"各住戸が結果を検証しています"},whys:{no_orders:"注文がありませんでした",no_trades:"売りと買いの条件が折り合わず、約定がありませんでした",not_shown:"記録された注文が公開されませんでした",no_book:"注文板をコマの開始までに記録できませんでした",uncleared:"注文板を突き合わせられませんでした",too_large:"注文板または結果が大きすぎました",no_quorum:"開始までに同意した住戸が足りませんでした",unclaimed:"同意は足りましたが、自分の注文だとどの住戸も認めていない注文が残りました",unlogged:"同意はそろいましたが、開始までにログへ記録できませんでした",fault:"コーディネーターのプログラムで不具合が起きました（詳細はサーバーのログにあります）",disputed:"異議があり、同意が足りませんでした",missed:"締切の時刻にコーディネーターが止まっていました",rebuilt:"コーディネーターを再建したため、このコマの内容が残っていません"},tradedAt:(r,e)=>`約定量 ${r}、約定価格 ${e}`,severalPrices:"組ごとに異なる",supply:"供給(売り注文)",demand:"需要(買い注文)",clearingPrice:"約定価格",tradedEnergy:"約定量",chartLabel:(r,e)=>`需要曲線と供給曲線。約定価格 ${r}、約定量 ${e}。値は続く表にあります`,curvesTable:"需要曲線と供給曲線の値",upToThere:"その単価までの累計",side:"売買",sides:{bid:"買い",ask:"売り"},limit:"限度単価",amount:"注文量",filled:"約定量",price:"単価",flat:"住戸",flatOrBlind:"住戸(伏せ字)",own:"自分",orders:"注文板(気配)",noOrders:"注文はありません",forgotten:"注文と結果の文書は、保存期間を過ぎたためサーバーに残っていません。記録はログにあります。",trades:"約定",noTrades:"約定はありません",cameBack:"この回の後にサーバーが失われ、文書は各住戸から戻されました。どの住戸に確認を求めたか、どのような異議があったかは残っていません。",agreedOnly:"締切時点の取り決めです。実際に受け渡した量は、コマの終了後に計量で決まります。",seller:"売り手",buyer:"買い手",sellerGets:r=>`売り手の受取 ${r}`,delivered:"受渡し(精算)",deliveredEnergy:"受渡し量",money:"金額",notSettled:"このコマはまだ精算されていません。",nothingMoved:"住戸間で動いた電力はありません。",quorum:"住戸の同意",agreed:(r,e,t)=>`${e} 戸中 ${r} 戸が結果を正しいと認めました(必要数 ${t} 戸)。`,notShown:r=>`注文を公開しなかった住戸: ${r}`,leftOut:(r,e)=>`${r}の注文は結果に含まれません: ${e}`,leftOutWhys:{no_word:"最初の結果に対する回答が期限までにありませんでした。",not_vouched:"最初の結果に対し、自分の出した注文と異なるとの回答がありました。"},leftOutUnknown:"期限までに、注文主として確認した住戸がありませんでした。",notCounted:"対象外",disputed:r=>`${r}の異議:`,aFlat:"ある住戸",bookRecord:"注文板",clearedRecord:"約定",verifyRecord:(r,e)=>`${r}の記録(番号 ${e})を検証`,unreachable:"取引の内容を取得できません。しばらくしてからもう一度お試しください。",check:{heading:"結果の検証",checking:"検証しています…",unreachable:"注文板と結果を取得できないため、検証できていません。",again:"もう一度検証する",right:{browser:"このブラウザーの計算で、結果は正しい",server:"サーバーの検証では、結果は正しい"},wrong:{browser:"このブラウザーの計算で、誤りが見つかりました",server:"誤りが見つかりました"},byBrowser:"サーバーの言い分によらず、注文板と結果の文書からこのブラウザーが計算し直しました。",byServer:"下の「結果」の段は、サーバーの localvpp.market.check による検証です。このブラウザーは確かめていません。",uncovered:{lines:"幹線の容量の制限のもとで電力量を最大にする計算は、このブラウザーではできません。",objective:"この建物の目的関数は、このブラウザーでは計算できません。",rule:"この建物の価格の決め方は、このブラウザーでは計算できません。",document:"文書の形式が新しいか壊れているため、このブラウザーでは読み取れません。"},steps:{log:"注文板が、ログの記録が指すものと同じである",shown:"ここに表示している注文と約定が、文書と同じである",book:"結果がこの注文板のもので、合計が合っている",possible:"どの約定も、注文の向き・量・限度単価と、幹線の容量の範囲内である",best:"これより良い組み合わせがない(価格による証明。同順位は抽選どおり)",pairs:"売り手と買い手の組が、決められた順である",prices:"どの約定の単価も、規則どおりである",server:"結果が注文板に対して正しい(サーバーの検証)"},logged:{other:"ログの記録は別の注文板を指しています。注文板が差し替えられています。",unproven:"注文板の記録を、ログに対して証明できません。",unknown:"記録がまだログにないか、ログをまだ検証できていません。"},misshown:r=>`注文 ${r} の表示が文書と違います`,about:r=>`(${r})`,found:{otherBook:()=>"別の注文板の結果です",otherRules:()=>"目的関数または価格の決め方が、注文板と違います",energySum:({energy:[r,e]})=>`合計は ${r} とありますが、約定を足すと ${e} です`,gainSum:({money:[r,e]})=>`利益は ${r} とありますが、約定から計算すると ${e} です`,stages:()=>"証明の段階が、この注文板のものではありません",stranger:({order:r})=>`注文 ${r} は、この段階の約定に加われません`,notGreen:({pair:r})=>`約定 ${r} は、再エネ指定の買いに再エネでない売りを当てています`,overLine:({node:r,energy:[e,t]})=>`幹線 ${r} に ${e} が流れ、残りの容量 ${t} を超えます`,cut:({energy:[r,e]})=>`証明によれば ${e} まで約定できますが、約定は ${r} です`,hasRoom:({node:r})=>`幹線 ${r} に余裕があるのに、両端で証明の価格が違います`,awayFirst:({node:r})=>`${r} の中で先に組になるはずの注文が、幹線の外の相手と組になっています`,bothWays:({node:r})=>`${r} が、幹線の外へ売りながら外から買っています`,unknownOrder:({order:r})=>`注文 ${r} は注文板にありません`,wrongSide:({order:r})=>`注文 ${r} の売買の向きが逆です`,noEnergy:({pair:r})=>`約定 ${r} の量が 1 Wh に足りません`,tooMuch:({order:r,energy:[e,t]})=>`注文 ${r} の約定が ${e} で、注文量 ${t} を超えています`,outsideLimits:({pair:r,price:[e,t]})=>`約定 ${r} の単価 ${e} が、限度単価 ${t} の外です`,noCertificate:()=>"証明となる価格がないか、この注文板に合わない証明です",bound:({money:[r,e]})=>`証明の価格では利益は最大 ${e} まであり得ますが、約定の利益は ${r} です`,couldTrade:({order:r,energy:[e,t]})=>`注文 ${r} は証明の価格なら ${t} すべて約定して得をするのに、${e} しか約定していません`,loses:({order:r,price:[e,t]})=>`注文 ${r}(限度単価 ${e})は、証明の価格 ${t} では損をします`,turned:({order:r,other:e})=>`限度単価と抽選の順では、注文 ${e} が注文 ${r} より先です`,pairing:({pair:r,before:e})=>`約定 ${r} は、約定 ${e} の後に来る組ではありません`,price:({pair:r,price:[e,t]})=>`約定 ${r} の単価は ${e} ですが、規則では ${t} です`},faults:{result:"結果",trade:"約定",order:"注文",green:"再エネ指定",line:"幹線",optimum:"最適性",tie:"同順位",pairing:"組",price:"単価",whole:"分割不可"}}},wallet:{heading:r=>`${r}のウォレット`,what:"項目",today:"今日",month:"今月",caption:(r,e)=>`精算済みのコマ: 今日 ${r}、今月 ${e}`,unreachable:"ウォレットを取得できません。しばらくしてからもう一度お試しください。",untold:"住戸の記録にありません",partly:(r,e)=>`${e} コマ中 ${r} コマの記録`,undelivered:r=>`今月、受渡しのなかった約定が ${r} 件あります。`,ways:{title:(r,e)=>`${r}（${e}）の内訳`,slots:"コマごとの記録",none:"該当するコマはまだありません。",prices:(r,e,t)=>`建物内 ${r}、系統 ${e}、買取 ${t}`,record:(r,e)=>`${r} ${e}`,kinds:{meter:"計量",transfers:"融通",settled:"精算",orders:"注文",cleared:"約定"}},rows:{generated:{name:"発電",from:"住戸のパワコンの積算値(住戸の署名済みの記録)"},consumed:{name:"消費",from:"発電と受電から送り出しを引き、蓄電池の充放電を加減したもの"},imported:{name:"受電",from:"住戸のメーター"},exported:{name:"送り出し",from:"住戸のメーター"},tradedBought:{name:"買い約定",from:"締切時点の取り決め(約定の記録)。今月分は明細書で"},bought:{name:"買い受渡し",from:"約定のうち実際に届いた分(精算)"},tradedSold:{name:"売り約定",from:"締切時点の取り決め(約定の記録)。今月分は明細書で"},sold:{name:"売り受渡し",from:"約定のうち実際に渡した分(精算)"},sharedIn:{name:"融通で受けた",from:"市場によらない融通(精算)"},sharedOut:{name:"融通で渡した",from:"市場によらない融通(精算)"},paid:{name:"ほかの住戸への支払い",from:"融通の記録の金額の合計(建物の取り分を含む)"},earned:{name:"ほかの住戸からの受取り",from:"融通の記録の金額の合計"},grid:{name:"系統分の収支",from:"精算。残りを建物の系統単価で計算"},saved:{name:"節約額",from:"同じ電力量を系統の単価で売買した場合との差"}}},proof:{heading:"自分の証明を検証する",explanation:"電力移動証明(ETP)1 件を、2 つのファイルから検証します。ファイルはどこにも送信されません。読み取りも検証もこのブラウザーの中だけで行います。",choose:"2 つのファイルを選ぶか、ここにドロップ",chooseWhich:"記録(.etp)とその証明(.tlog-proof)",missingRecord:"記録(.etp)も選んでください",missingProof:"証明(.tlog-proof)も選んでください",proven:"この記録は証明されています",refused:"この記録は証明されていません",outcomes:{passed:"合格",failed:"不合格",open:"未確認"},steps:{record:"記録が欠けておらず、決められた形式である",body:"内容が、署名済みのコミットメント(ハッシュ値)と一致する",building:"この建物あての記録である",proof:"証明が決められた形式である",head:"証明にあるログの状態に、建物のログの署名がある",place:"記録がそのログに載っている",device:"ログに登録されたこの機器の鍵で、記録に署名されている",witnesses:"必要な数の住戸が連署している",here:"このブラウザーで検証したログの同じ番号に、同じ記録がある",browser:"ブラウザー内蔵の暗号機能(WebCrypto)で再計算しても、結果が一致する"},reasons:{encoding:"記録のファイルではないか、途中で切れているか、書き換えられています。",field:"記録にあるはずのない値があるか、必要な項目がありません。",commitment:"内容が署名されたものと異なります。後から書き換えられています。",otherBuilding:"別の建物の記録です。",format:"証明のファイルではないか、途中で切れているか、書き換えられています。",signature:"署名が、この建物のログの鍵によるものではありません。",origin:"別の建物のログの証明です。",beyond:"証明の番号が、署名された件数を超えています。",pathLength:"証明の段数が、ログの件数と合いません。",path:"記録から計算した値が、署名された値と一致しません。記録か証明が書き換えられているか、組み合わせが違います。",noKey:"この位置より前のログに、この機器の鍵が登録されていません。",otherKey:"ログのこの位置で機器が使っていた鍵とは、別の鍵で署名されています。",notSigned:"署名が機器の鍵によるものではありません。記録が書き換えられているか、別の者が作成しています。",keysUnread:"このブラウザーでの検証がログのこの位置まで進んでいないため、確認していません。",wrongWitness:"次の名の連署が正しくありません:",tooFew:"証明を作った時点で連署が足りなかったか、その後に住戸が増えています。証明をダウンロードし直してください。",policyChanged:"このブラウザーが知っている連署者の一覧では、連署が足りません。建物からは別の一覧が届いています。「ほかの住戸の連署」で変更点を確認してください。",noWitnesses:"この建物には連署する住戸がまだありません。",noPolicy:"連署者の一覧を読み取れないため、連署は検証していません。",otherRecord:"ログのこの番号には別の記録が載っています。",notRemembered:"照合していません(このブラウザーが覚えているのは直近 1,024 件です)。",notSecure:"WebCrypto は https で開いたときにしか使えないため、再計算していません。上の各段階はページ自身が計算しており、WebCrypto を必要としません。",noEd25519:"このブラウザーの WebCrypto が Ed25519 に対応していないため、再計算していません。上の各段階はページ自身が計算しており、WebCrypto を必要としません。",before:"前の段階が不合格のため、確認していません。"},place:(r,e)=>`番号 ${r}(0 から数えて)/ 全 ${e} 件`,flats:(r,e,t)=>`${e} 戸中 ${r} 戸(必要数 ${t} 戸)`,stop:"。",troubles:{notKnown:"サーバーから応答がなく、建物の鍵がまだ分かりません。接続されてからもう一度お試しください。",tooLarge:"記録や証明としては大きすぎるファイルです。",unreadable:"ファイルを読み取れません。移動されたか、フォルダーではありませんか。",erased:"この記録の内容は、請求により消去されています。ログ上の位置は残っています。",unreachable:"記録または証明を取得できません。接続されてからもう一度お試しください。"},says:"記録の内容",saysUnproven:"ファイルに書かれているままの値で、証明されたものではありません。",time:"時間",from:"送り手",to:"受け手",generated:"発電の積算値",charged:"充電の積算値",discharged:"放電の積算値",imported:"受電の計量値",exported:"送り出しの計量値",meter:"メーター",sellerGets:"売り手の受取単価",drillLevel:"訓練の区分",drillReport:"報告書（SHA-256）",document:"文書（SHA-256）",paid:"金額",paidFor:"内容",deposit:"預り金",billOf:r=>`${r} の請求分`,paidBy:"方法",ways:{debit:"口座振替",transfer:"振込",cash:"現金",set_off:"充当・相殺"},paidOn:"日付",reference:"整理番号",standsIn:"なし（件数を分からなくするための空の記録）",takesBack:"取り消す入出金の記録",correctedOf:"訂正の対象",before:"訂正前",after:"訂正後",notKnown:"不明",valueOf:(r,e)=>`受電 ${r}、送電 ${e}`,estimatedFrom:r=>`${r} のコマから推定`,remarks:"備考",meterStatus:["","メーター応答なし","メーター交換","メーター読み取り異常"],errorFlags:["電力量は精算対象外","時刻は精算対象外","自立運転を含む"],signedBy:"作成した機器"},blackout:{heading:"停電への備え",grid:"受電点の系統",grids:{good:"正常",doubtful:"不安定",gone:"停電",unknown:"不明"},islanded:"自立運転",connected:"系統に接続",unknownFlats:"不明",safe:(r,e)=>`安否確認 ${r} / ${e} 戸`,flatStates:{islanded:"自立運転",connected:"系統に接続",unknown:"不明"},isSafe:"確認済み",none:"訓練はまだ行われていません。",plan:{heading:"訓練の計画",level:"区分",levels:{l1:"L1 安否確認のみ(切り離しなし)",l2:"L2 短時間の自立運転",l3:"L3 負荷をかけた自立運転",l4:"L4 蓄電池を深く使う自立運転"},length:"各戸の自立運転(分)",notice:"予告(分)",submit:"計画する",start:"全戸に予告して始める",sure:"本当に始めますか",again:"計画し直す",planned:(r,e)=>`同時に動くのは最大 ${r} 戸、契約電力 ${e}。順番は抽選で決まり、各戸は理由を添えて断れます。`,plannedRollCall:"どの住戸も切り離しません。全戸に知らせ、確認を待ちます。"},stages:{planned:"計画済み",announced:"予告中",running:"実施中",ended:"終了"},first:r=>`最初の呼び出しは ${r} 以降`,counts:(r,e,t,n)=>`完了 ${r}・実施中 ${e}・辞退 ${t}・待機 ${n}`,against:{event:"デマンドレスポンスまたはピークの前後のため、呼び出しを待っています。",demand_unknown:"受電点のメーターが読めないため、呼び出しを待っています。",full:"同時に動ける戸数に達しているため、待っています。",contract:"契約電力に余裕がないため、呼び出しを待っています。",line:"幹線の容量に余裕がないため、呼び出しを待っています。",nobody:"いま呼び出せる住戸がないため、待っています。"},stop:"訓練を中止する",stopSure:"本当に中止しますか",ended:{done:"全戸の番が終わりました。",stopped:"管理者が中止しました。",time:"時間切れで終わりました。",warning:"気象警報などのため終わりました。",outage:"実際の停電に切り替わったため終わりました。",restarted:"コーディネーターが止まったため終わりました。住戸は自分で系統に戻ります。"},measured:(r,e,t,n)=>`同時に動いた最大 ${r} 戸(上限 ${e})、最大受電 ${t}(契約 ${n})`,report:"報告書(JSON)",sheet:r=>`報告書(PDF・${r})`,languages:{ja:"日本語",en:"英語"},logged:"報告書の記録がログにあります。",rollCall:{heading:"点呼",inTime:(r,e)=>`10 分以内に ${r} / ${e} 戸`,flat:"住戸",notified:"通知",acknowledged:"確認",turn:"訓練",after:(r,e)=>`${r}(${e})`,tick:"確認済みにする",manager:"管理者",stages:{waiting:"待機",called:"呼び出し中",out:"実施中",home:"復帰",refused:"辞退"},passed:"合格",failed:"不合格",report:"報告",gap:(r,e)=>`停電 ${r} 秒以下(${e} 秒ごとに計測)`},reasons:{not_connected:"系統に接続していない",not_possible:"機器を切り離せない",grid_not_steady:"系統が安定していない",battery_low:"蓄電池の残量不足",battery_unknown:"蓄電池の残量不明",endurance:"持続時間の不足",warning:"警報が発令中",too_soon:"前回の訓練から間がない",too_long:"長すぎる",not_attended:"立会いの確認がない",medical:"医療機器がある",overloaded:"過負荷",too_many:"切り離しの回数が多い",stale:"計測値が古い",busy:"別の訓練中",failed_before:"前回の不合格が未確認",seen:"同じ呼び出しの繰り返し",expired:"呼び出しの期限切れ",early:"時計のずれ",too_lasting:"期限が長すぎる",declined:"居住者の都合",not_set_up:"停電対応の設定がない"},refused:r=>`できませんでした: ${r}`},lasting:{minutes:r=>`${r} 分`,hours:r=>`${r} 時間`,days:r=>`${r} 日`},age:{seconds:r=>`${r} 秒前`,minutes:r=>`${r} 分前`,hours:r=>`${r} 時間前`,days:r=>`${r} 日前`},duration:(r,e)=>`${r} 分 ${e} 秒`,yen:"円"};var hi="local-vpp.language",zd={ja:fi,en:ui};function Wd(r,e){return r==="ja"||r==="en"?r:e.map(n=>n.slice(0,2)).find(n=>n==="ja"||n==="en")==="en"?"en":"ja"}var Ro=class extends EventTarget{constructor(){super(...arguments);this.language=Wd(Vd(),navigator.languages)}get messages(){return zd[this.language]}change(t){this.language=t,document.documentElement.lang=t;try{localStorage.setItem(hi,t)}catch{}this.dispatchEvent(new Event("change"))}};function Vd(){try{return localStorage.getItem(hi)}catch{return null}}var Me=new Ro,Z=class{constructor(e){this.host=e;this.format=new nr(Me.language,Me.messages);this.changed=()=>this.host.requestUpdate();e.addController(this)}get t(){return Me.messages}get f(){return this.format.language!==Me.language&&(this.format=new nr(Me.language,Me.messages)),this.format}hostConnected(){Me.addEventListener("change",this.changed)}hostDisconnected(){Me.removeEventListener("change",this.changed)}};var mi={number:R,seconds:R,closed_ms:C,log_size:R,stage:v,outcome:k(v),why:k(v),voters:R,needed:R,book:k(v),result:k(v),energy_wh:k(R),gain:k(C),clearing_price:k(R)},Kd=D(mi),gi=I(D({slot:C,outcome:k(v),rounds:I(Kd)})),jd=D({id:v,flat:k(v),side:v,wh:R,limit:R,filled_wh:k(R)}),Gd=D({seller:k(v),seller_order:v,buyer:k(v),buyer_order:v,wh:R,price:R,seller_price:R}),pi=(r,e)=>{let[t,n,...o]=I(R)(r,e);if(t===void 0||n===void 0||o.length>0)throw new ge(`${e} is no pair`);return[t,n]},Yd=D({flat:k(v),orders:I(v),why:k(v)}),Zd=D({...mi,objective:k(v),price:k(v),book_index:k(R),cleared_index:k(R),ordered:k(I(v)),not_shown:k(I(v)),agreed:R,disputes:I(D({flat:k(v),findings:I(v)})),left_out:I(Yd),orders:I(jd),curves:D({asks:I(pi),bids:I(pi)}),trades:I(Gd)}),Xd=D({number:R,closes_ms:C}),yi=D({slot:C,outcome:k(v),rounds:I(Zd),to_come:I(Xd)}),wi=D({checked_by:v,unchecked:k(v),findings:I(D({fault:v,subject:v,says:v,wh:k(C)}))}),bi=D({role:v,flat:k(v)}),vi=D({flat:v,slots:R,import_wh:R,export_wh:R,bought_wh:R,sold_wh:R,shared_in_wh:R,shared_out_wh:R,paid:C,earned:C,saved:C,grid_money:C,undelivered:R,traded_bought_wh:k(R),traded_sold_wh:k(R),generated_wh:R,generated_slots:R,consumed_wh:C,consumed_slots:R}),or=(r,e)=>R(Array.isArray(r)?r[0]:null,`${e}[0]`),Jd=D({slot:R,slots:R,import_wh:R,export_wh:R,bought_wh:R,sold_wh:R,shared_in_wh:R,shared_out_wh:R,paid:C,earned:C,saved:C,grid_money:C,undelivered:R,traded_bought_wh:R,traded_sold_wh:R,generated_wh:R,generated_slots:R,consumed_wh:C,consumed_slots:R,prices:k(I(C)),records:D({meter:I(or),transfers:I(or),settled:I(or),orders:I(or),cleared:I(or)})}),xi=D({slots:I(Jd)});var $i=D({name:v,origin:v,version:v,fingerprint:v,log_key:v,slot_seconds:R}),Qd=D({flat:v,device:k(v),online:Ct,age_ms:k(ne),grid_w:k(ne),pv_w:k(ne),battery_w:k(ne),soc:k(ne),frequency_hz:k(ne),import_wh:k(C),export_wh:k(C),islanded:k(Ct),fingerprint:k(v)}),ki=D({flat:k(v),size:R,signed_ms:ne}),ec=D({witness:v,kind:v,size:k(R)}),Ei={cosigners:oe(R),witnesses:oe(R),needed:oe(R),quorum_size:oe(R),quorum_ms:oe(ne),objections:oe(I(ec)),unmirrored_ms:oe(ne)},tc=D({flat:k(v),seq:R,seen_ms:ne,hash:v,suspended:Ct}),rc=D({flat:v,stage:v,notified_ms:k(ne),acknowledged_ms:k(ne),acknowledged_after_s:k(R),acknowledged_by:k(v),called_ms:k(ne),reasons:I(v),words:k(v),phase:k(v),ended_ms:k(ne),passed:k(Ct),aborted:k(v),transfer:k(v),report:k(v)}),nc=D({drill:v,level:v,length_s:R,stage:v,announced_ms:k(ne),first_ms:k(ne),until_ms:k(ne),ended_ms:k(ne),ended:k(v),most:R,limit_w:k(ne),most_seen:R,demand_seen_w:k(ne),record:k(v),against:k(v),notified:R,acknowledged:R,acknowledged_in_time:R,flats:I(rc)}),oc=D({grid:v,islanded:R,connected:R,unknown:R,drill:k(nc)}),Si=D({time_ms:ne,building:D({bulk_w:k(ne),common_w:k(ne),frequency_hz:k(ne),import_wh:k(C),export_wh:k(C)}),flats:I(Qd),latency_ms:k(D({p50:k(ne),p99:k(ne),frames:R})),log:oe(D({...Ei,held:oe(v)})),conflicts:oe(I(tc)),mirrors:oe(I(ki)),next_key_here:oe(Ct),blackout:oe(oc)}),sc=D({index:R,hash:v,time_ms:ne,device:v,flat:k(v),kind:v,slot:C,seq:R,sender:k(v),receiver:k(v),energy_wh:k(C),sources:k(sn(C)),frequency_hz:k(ne),start_ms:k(ne),end_ms:k(ne)}),un=I(sc),_i=D({size:R,root:v,origin:v,checkpoint:v,time_ms:k(ne),mirrors:oe(I(ki)),...Ei}),ic=D({flat:k(v),import_wh:C,export_wh:C,shared_in_wh:C,shared_out_wh:C,inside_money:C,grid_money:C}),Ao=D({slot:C,seconds:R,settled_ms:ne,shared_wh:C,import_wh:C,export_wh:C,bulk_import_wh:k(C),bulk_export_wh:k(C),common_wh:k(C),loss_wh:k(C),building_money:k(C),settled_by:oe(v),rent:oe(C),missing:I(v),flats:I(ic)}),Ti=I(Ao),ac=D({index:R,sender:k(v),receiver:k(v),energy_wh:R,money:C,rent:C}),Ri=D({settled_by:oe(v),rent:oe(C),transfers:I(ac)});function Bi(r){let e="api/v1/market/slots";return{rounds:t=>Le(`${e}/${t}`,yi),settled:t=>Le(`api/v1/slots/${t}`,Ri),document:(t,n,o)=>an(`${e}/${t}/rounds/${n}/${o}`),server:(t,n)=>Le(`${e}/${t}/rounds/${n}/check`,wi),proven:dn,known:r}}var Bo={sums:(r,e,t,n)=>Le(`${Ai(r)}?begin=${e}&end=${t}&traded=${n?1:0}`,vi),slots:async(r,e,t)=>(await Le(`${Ai(r)}/slots?begin=${e}&end=${t}`,xi)).slots};function Ai(r){return`api/v1/flats/${encodeURIComponent(r)}/wallet`}var lc=1e4,dc=1e3,cc=3e4;function uc(r,e){return Math.min(cc,dc*2**(r-1))*(.75+.25*e)}var fn=class{constructor(e,t){this.url=e;this.handlers=t;this.source=null;this.failures=0;this.closed=!1}open(){this.closed=!1,this.attempt()}close(){this.closed=!0,this.disconnect()}async attempt(){this.failures===0&&this.handlers.connection({kind:"connecting"});try{await this.handlers.prepare()}catch(n){this.handlers.isFinal(n)&&this.close(),this.retry();return}if(this.closed)return;let e=new EventSource(this.url);this.source=e,this.watch(),e.addEventListener("error",()=>this.retry());let t=!1;this.listen(e,"state",n=>{t||(t=!0,this.opened(e)),this.failures=0,this.watch(),this.handlers.connection({kind:"live"}),this.handlers.state(bt(Si,n,"state"))}),this.listen(e,"records",n=>this.handlers.records(bt(un,n,"records"))),this.listen(e,"head",n=>this.handlers.head(bt(_i,n,"head"))),this.listen(e,"slot",n=>this.handlers.slot(bt(Ao,n,"slot")))}async opened(e){try{await this.handlers.opened()}catch{this.source===e&&this.retry()}}listen(e,t,n){e.addEventListener(t,o=>{try{n(o.data)}catch(s){if(!(s instanceof ge))throw s;this.handlers.unreadable(t,s.message);return}this.handlers.unreadable(t,null)})}watch(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.retry(),lc)}retry(){if(this.disconnect(),this.closed)return;this.failures+=1;let e=uc(this.failures,Math.random());this.handlers.connection({kind:"lost",retryAt:performance.now()+e}),this.timer=setTimeout(()=>{this.attempt()},e)}disconnect(){clearTimeout(this.timer),this.source?.close(),this.source=null}};function He(r){return btoa(String.fromCharCode(...r))}function Ue(r,e){let t;try{t=Uint8Array.from(atob(r),n=>n.charCodeAt(0))}catch{throw new S("format",`${e} is not base64`)}if(He(t)!==r)throw new S("format",`${e} is not in the one spelling of base64`);return t}function hn(r,e){let t=Number(r);if(!/^(0|[1-9][0-9]*)$/.test(r)||!Number.isSafeInteger(t))throw new S("format",`${e} is ${JSON.stringify(r.slice(0,40))}, not a decimal number below 2^53`);return t}function ue(r){return Array.from(r,e=>e.toString(16).padStart(2,"0")).join("")}function _e(r,e){return r.length===e.length&&r.every((t,n)=>t===e[n])}function $e(...r){let e=new Uint8Array(r.reduce((n,o)=>n+o.length,0)),t=0;for(let n of r)e.set(n,t),t+=n.length;return e}var te=class extends Error{constructor(t,n){super(n);this.code=t;this.name="RecordError"}};var fc=255,Oi=8,[hc,pc,Ci,Li,Pi,mc,gc,yc]=[0,1,2,3,4,5,6,7],[wc,Mi]=[20,21];function sr(...r){return $e(Mo(Pi,r.length),...r)}function Ze(r){return $e(Mo(Ci,r.length),r)}function xt(r){let e=new TextEncoder().encode(r);return $e(Mo(Li,e.length),e)}function Mo(r,e){let t=r<<5;if(e<24)return Uint8Array.of(t|e);if(e<256)return Uint8Array.of(t|24,e);if(e>=65536)throw new Error("bad math in head: nothing signed here is so long");return Uint8Array.of(t|25,e>>8,e&255)}function $t(r,e){let t=new Oo(r,e),n=t.value(0);return t.end(),n}var Oo=class{constructor(e,t){this.data=e;this.what=t;this.at=0;this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}value(e){let t=this.take(1),n=this.view.getUint8(t),[o,s]=[n>>5,n&31];if(o===yc){if(s!==wc&&s!==Mi)throw this.refuse("holds a float, null or another value that no record has");return s===Mi}if(o===gc)throw this.refuse("holds a tag inside");let i=this.argument(s);switch(o){case hc:return i;case pc:return-1-i;case Ci:return this.bytes(i);case Li:return this.text(i);case Pi:return this.list(i,this.deeper(e));case mc:return this.map(i,this.deeper(e));default:throw new Error("bad math in Reader.value")}}end(){if(this.at!==this.data.length)throw this.refuse(`has ${this.data.length-this.at} bytes after its end`)}argument(e){if(e<24)return e;if(e>27)throw this.refuse("holds a part of open length");let t=2**(e-24),n=this.take(t),o=this.bigEndian(n,t),s=e===24?24:2**(4*t);if(o<s)throw this.refuse(`spells ${o} in more bytes than it needs`);if(!Number.isSafeInteger(o+1))throw this.refuse("holds an integer beyond 2^53");return o}bigEndian(e,t){switch(t){case 1:return this.view.getUint8(e);case 2:return this.view.getUint16(e);case 4:return this.view.getUint32(e);default:return Number(this.view.getBigUint64(e))}}bytes(e){let t=this.take(e);return this.data.slice(t,t+e)}text(e){let t=this.bytes(e);try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{throw this.refuse("holds text that is no UTF-8")}}list(e,t){let n=[];for(let o=0;o<e;o+=1)n.push(this.value(t));return n}map(e,t){let n=new Map,o=-1;for(let s=0;s<e;s+=1){let i=this.value(t);if(typeof i!="number"||i<0||i>fc)throw this.refuse("has a map key beyond 0 to 255");if(i<=o)throw this.refuse(`has the map key ${i} twice or out of order`);o=i,n.set(i,this.value(t))}return n}deeper(e){if(e>=Oi)throw this.refuse(`nests more than ${Oi} deep`);return e+1}take(e){let t=this.at;if(e>this.data.length-t)throw this.refuse("ends too early");return this.at+=e,t}refuse(e){return new te("encoding",`${this.what} ${e}`)}};var nt=class{constructor(e,t){this.what=t;if(!(e instanceof Map))throw new te("field",`${t} is not a map`);this.left=new Map(e)}optional(e,t){return this.left.has(e)?t(e):null}unsigned(e,t,n=Number.MAX_SAFE_INTEGER){let o=this.take(e,t);if(typeof o!="number"||o<0||o>n)throw this.refuse(t,`an integer from 0 to ${n}`);return o}integer(e,t){let n=this.take(e,t);if(typeof n!="number")throw this.refuse(t,"an integer");return n}exactly(e,t,n){if(this.take(e,t)!==n)throw this.refuse(t,`${n}: a program of another version wrote it`)}bytes(e,t,n){let o=this.take(e,t);if(!(o instanceof Uint8Array)||o.length!==n)throw this.refuse(t,`${n} bytes`);return o}text(e,t,n=64){let o=this.take(e,t);if(typeof o!="string"||[...o].length>n)throw this.refuse(t,`text of at most ${n} letters`);return o}list(e,t){let n=this.take(e,t);if(!Array.isArray(n))throw this.refuse(t,"a list");return n}map(e,t){let n=this.take(e,t);if(!(n instanceof Map))throw this.refuse(t,"a map");return n}end(){for(let e of this.left.keys())throw new te("field",`${this.what} has the unknown key ${e}`)}take(e,t){let n=this.left.get(e);if(n===void 0)throw new te("field",`${this.what} lacks ${t} (key ${e})`);return this.left.delete(e),n}refuse(e,t){return new te("field",`${this.what}: ${e} is not ${t}`)}};var pn=BigInt(4294967295),Ni=BigInt(32);function bc(r,e=!1){return e?{h:Number(r&pn),l:Number(r>>Ni&pn)}:{h:Number(r>>Ni&pn)|0,l:Number(r&pn)|0}}function Fi(r,e=!1){let t=r.length,n=new Uint32Array(t),o=new Uint32Array(t);for(let s=0;s<t;s++){let{h:i,l:a}=bc(r[s],e);[n[s],o[s]]=[i,a]}return[n,o]}var vc=r=>r/2**32|0,xc=r=>r>>>0;function Ui(r,e,t,n){let o=vc(t),s=xc(t);r.setUint32(e,n?s:o,n),r.setUint32(e+4,n?o:s,n)}var Co=(r,e,t)=>r>>>t,Lo=(r,e,t)=>r<<32-t|e>>>t,kt=(r,e,t)=>r>>>t|e<<32-t,Et=(r,e,t)=>r<<32-t|e>>>t,ir=(r,e,t)=>r<<64-t|e>>>t-32,ar=(r,e,t)=>r>>>t-32|e<<64-t;function qe(r,e,t,n){let o=(e>>>0)+(n>>>0);return{h:r+t+(o/2**32|0)|0,l:o|0}}var Di=(r,e,t)=>(r>>>0)+(e>>>0)+(t>>>0),Ii=(r,e,t,n)=>e+t+n+(r/2**32|0)|0,Hi=(r,e,t,n)=>(r>>>0)+(e>>>0)+(t>>>0)+(n>>>0),qi=(r,e,t,n,o)=>e+t+n+o+(r/2**32|0)|0,zi=(r,e,t,n,o)=>(r>>>0)+(e>>>0)+(t>>>0)+(n>>>0)+(o>>>0),Wi=(r,e,t,n,o,s)=>e+t+n+o+s+(r/2**32|0)|0;function mn(r){return r instanceof Uint8Array||ArrayBuffer.isView(r)&&r.constructor.name==="Uint8Array"&&"BYTES_PER_ELEMENT"in r&&r.BYTES_PER_ELEMENT===1}var Po=r=>r?`"${r}" `:"";function Xe(r,e=""){if(typeof r!="number")throw new TypeError(Po(e)+"expected number, got "+typeof r);if(!Number.isSafeInteger(r)||r<0)throw new RangeError(Po(e)+"expected integer >= 0, got "+r);return r}function Pe(r,e,t=""){if(mn(r)&&(e===void 0||r.length===e))return r;e!==void 0&&Xe(e,"length");let n=mn(r),o=e!==void 0?` of length ${e}`:"",s=n?`length=${r.length}`:`type=${typeof r}`,i=Po(t)+"expected Uint8Array"+o+", got "+s;throw n?new RangeError(i):new TypeError(i)}function gn(r){if(typeof r!="function"||typeof r.create!="function")throw new TypeError("expected hash wrapped by utils.createHasher");if(Xe(r.outputLen),Xe(r.blockLen),r.outputLen<1||r.blockLen<1)throw new Error("hash blockLen / outputLen must be >= 1")}var kc=(r,e)=>{if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError((e==="object"?"":`"${e}" `)+"expected object, got type="+typeof r)},Vi=(r,e)=>{kc(r,e);let t=Object.getPrototypeOf(r);if(t!==Object.prototype&&t!==null)throw new TypeError(`"${e}" expected plain object`);if(Object.hasOwn(r,"__proto__"))throw new TypeError(`"${e}.__proto__" is not allowed`)};function Lt(r,e=!0){if(r.destroyed)throw new Error("hash was destroyed");if(e&&r.finished)throw new Error("digest() was already called")}function yn(r,e){Pe(r,void 0,"output");let t=e.outputLen;if(!(r.length>=t))throw new RangeError('"output" expected length >= '+t)}function St(...r){for(let e=0;e<r.length;e++)r[e].fill(0)}function wn(r){return new DataView(r.buffer,r.byteOffset,r.byteLength)}function De(r,e){return r<<32-e|r>>>e}var ji=typeof Uint8Array.from([]).toHex=="function"&&typeof Uint8Array.fromHex=="function",Ec=Array.from({length:256},(r,e)=>e.toString(16).padStart(2,"0"));function bn(r){if(Pe(r),ji)return r.toHex();let e="";for(let t=0;t<r.length;t++)e+=Ec[r[t]];return e}function Ki(r){return r>=48&&r<=57?r-48:r>=65&&r<=70?r-55:r>=97&&r<=102?r-87:void 0}function vn(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);if(ji)try{return Uint8Array.fromHex(r)}catch(o){throw o instanceof SyntaxError?new RangeError(o.message):o}let e=r.length,t=e/2;if(e%2)throw new RangeError("hex string expected, got unpadded hex of length "+e);let n=new Uint8Array(t);for(let o=0,s=0;o<t;o++,s+=2){let i=Ki(r.charCodeAt(s)),a=Ki(r.charCodeAt(s+1));if(i===void 0||a===void 0){let l=r[s]+r[s+1];throw new RangeError('hex string expected, got non-hex character "'+l+'" at index '+s)}n[o]=i*16+a}return n}function No(...r){let e=0;for(let n=0;n<r.length;n++){let o=r[n];Pe(o),e+=o.length}let t=new Uint8Array(e);for(let n=0,o=0;n<r.length;n++){let s=r[n];t.set(s,o),o+=s.length}return t}function Sc(r,e,t="opts"){return Vi(r,"defaults"),e!==void 0&&Vi(e,t),Object.assign(Object.create(null),r,e)}function Fo(r,e={}){if(typeof r!="function")throw new TypeError('"hashCons" expected function, got type='+typeof r);e=Sc({},e,"info");let t=(o,s)=>r(s).update(o).digest(),n=r(void 0);return t.outputLen=n.outputLen,t.blockLen=n.blockLen,t.canXOF=n.canXOF,t.create=o=>r(o),Object.assign(t,e),Object.freeze(t)}function Gi(r=32){Xe(r,"bytesLength");let e=typeof globalThis=="object"?globalThis.crypto:null;if(typeof e?.getRandomValues!="function")throw new Error("crypto.getRandomValues must be defined");if(r>65536)throw new RangeError(`"bytesLength" expected <= 65536, got ${r}`);return e.getRandomValues(new Uint8Array(r))}var Uo=r=>({oid:Uint8Array.from([6,9,96,134,72,1,101,3,4,2,r])});function Yi(r,e,t){return r&e^~r&t}function Zi(r,e,t){return r&e^r&t^e&t}var lr=class{blockLen;outputLen;canXOF=!1;padOffset;isLE;buffer;view;finished=!1;length=0;pos=0;destroyed=!1;constructor(e,t,n,o){this.blockLen=e,this.outputLen=t,this.padOffset=n,this.isLE=o,this.buffer=new Uint8Array(e),this.view=wn(this.buffer)}update(e){Lt(this),Pe(e);let{view:t,buffer:n,blockLen:o}=this,s=e.length,i=!1;for(let a=0;a<s;){let l=Math.min(o-this.pos,s-a);if(l===o){let d=wn(e);for(;o<=s-a;a+=o)this.process(d,a);i=!0;continue}n.set(a===0&&l===s?e:e.subarray(a,a+l),this.pos),this.pos+=l,a+=l,this.pos===o&&(this.process(t,0),this.pos=0,i=!0)}return this.length+=e.length,i&&this.roundClean(),this}digestInto(e){Lt(this),yn(e,this),this.finished=!0;let{buffer:t,view:n,blockLen:o,isLE:s}=this,{pos:i}=this;t[i++]=128,t.fill(0,i),this.padOffset>o-i&&(this.process(n,0),t.fill(0)),Ui(n,o-8,this.length*8,s),this.process(n,0),this.roundClean();let a=e===t?n:wn(e),l=this.outputLen,d=l/4,c=this.get();if(l%4||d>c.length)throw new Error("invalid outputLen");for(let u=0;u<d;u++)a.setUint32(4*u,c[u],s)}digest(){let{buffer:e,outputLen:t}=this;this.digestInto(e);let n=e.slice(0,t);return this.destroy(),n}_cloneIntoMeta(e){let{buffer:t,length:n,finished:o,destroyed:s,pos:i}=this;return e.destroyed=s,e.finished=o,e.length=n,e.pos=i,i&&e.buffer.set(t),e}clone(){return this._cloneInto()}},Xi=Uint32Array.from([1779033703,3144134277,1013904242,2773480762,1359893119,2600822924,528734635,1541459225]);var Ji=Uint32Array.from([1779033703,4089235720,3144134277,2227873595,1013904242,4271175723,2773480762,1595750129,1359893119,2917565137,2600822924,725511199,528734635,4215389547,1541459225,327033209]);var _c=Uint32Array.from([1116352408,1899447441,3049323471,3921009573,961987163,1508970993,2453635748,2870763221,3624381080,310598401,607225278,1426881987,1925078388,2162078206,2614888103,3248222580,3835390401,4022224774,264347078,604807628,770255983,1249150122,1555081692,1996064986,2554220882,2821834349,2952996808,3210313671,3336571891,3584528711,113926993,338241895,666307205,773529912,1294757372,1396182291,1695183700,1986661051,2177026350,2456956037,2730485921,2820302411,3259730800,3345764771,3516065817,3600352804,4094571909,275423344,430227734,506948616,659060556,883997877,958139571,1322822218,1537002063,1747873779,1955562222,2024104815,2227730452,2361852424,2428436474,2756734187,3204031479,3329325298]),ot=new Uint32Array(64),Do=class extends lr{A=0;B=0;C=0;D=0;E=0;F=0;G=0;H=0;constructor(e,t){super(64,e,8,!1),this.A=t[0]|0,this.B=t[1]|0,this.C=t[2]|0,this.D=t[3]|0,this.E=t[4]|0,this.F=t[5]|0,this.G=t[6]|0,this.H=t[7]|0}get(){let{A:e,B:t,C:n,D:o,E:s,F:i,G:a,H:l}=this;return[e,t,n,o,s,i,a,l]}set(e,t,n,o,s,i,a,l){this.A=e|0,this.B=t|0,this.C=n|0,this.D=o|0,this.E=s|0,this.F=i|0,this.G=a|0,this.H=l|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let u=0;u<16;u++,t+=4)ot[u]=e.getUint32(t,!1);for(let u=16;u<64;u++){let h=ot[u-15],p=ot[u-2],m=De(h,7)^De(h,18)^h>>>3,w=De(p,17)^De(p,19)^p>>>10;ot[u]=w+ot[u-7]+m+ot[u-16]|0}let{A:n,B:o,C:s,D:i,E:a,F:l,G:d,H:c}=this;for(let u=0;u<64;u++){let h=De(a,6)^De(a,11)^De(a,25),p=c+h+Yi(a,l,d)+_c[u]+ot[u]|0,w=(De(n,2)^De(n,13)^De(n,22))+Zi(n,o,s)|0;c=d,d=l,l=a,a=i+p|0,i=s,s=o,o=n,n=p+w|0}n=n+this.A|0,o=o+this.B|0,s=s+this.C|0,i=i+this.D|0,a=a+this.E|0,l=l+this.F|0,d=d+this.G|0,c=c+this.H|0,this.set(n,o,s,i,a,l,d,c)}roundClean(){St(ot)}destroy(){this.destroyed=!0,this.set(0,0,0,0,0,0,0,0),St(this.buffer)}},Io=class extends Do{constructor(){super(32,Xi)}};var Qi=Fi(["0x428a2f98d728ae22","0x7137449123ef65cd","0xb5c0fbcfec4d3b2f","0xe9b5dba58189dbbc","0x3956c25bf348b538","0x59f111f1b605d019","0x923f82a4af194f9b","0xab1c5ed5da6d8118","0xd807aa98a3030242","0x12835b0145706fbe","0x243185be4ee4b28c","0x550c7dc3d5ffb4e2","0x72be5d74f27b896f","0x80deb1fe3b1696b1","0x9bdc06a725c71235","0xc19bf174cf692694","0xe49b69c19ef14ad2","0xefbe4786384f25e3","0x0fc19dc68b8cd5b5","0x240ca1cc77ac9c65","0x2de92c6f592b0275","0x4a7484aa6ea6e483","0x5cb0a9dcbd41fbd4","0x76f988da831153b5","0x983e5152ee66dfab","0xa831c66d2db43210","0xb00327c898fb213f","0xbf597fc7beef0ee4","0xc6e00bf33da88fc2","0xd5a79147930aa725","0x06ca6351e003826f","0x142929670a0e6e70","0x27b70a8546d22ffc","0x2e1b21385c26c926","0x4d2c6dfc5ac42aed","0x53380d139d95b3df","0x650a73548baf63de","0x766a0abb3c77b2a8","0x81c2c92e47edaee6","0x92722c851482353b","0xa2bfe8a14cf10364","0xa81a664bbc423001","0xc24b8b70d0f89791","0xc76c51a30654be30","0xd192e819d6ef5218","0xd69906245565a910","0xf40e35855771202a","0x106aa07032bbd1b8","0x19a4c116b8d2d0c8","0x1e376c085141ab53","0x2748774cdf8eeb99","0x34b0bcb5e19b48a8","0x391c0cb3c5c95a63","0x4ed8aa4ae3418acb","0x5b9cca4f7763e373","0x682e6ff3d6b2b8a3","0x748f82ee5defb2fc","0x78a5636f43172f60","0x84c87814a1f0ab72","0x8cc702081a6439ec","0x90befffa23631e28","0xa4506cebde82bde9","0xbef9a3f7b2c67915","0xc67178f2e372532b","0xca273eceea26619c","0xd186b8c721c0c207","0xeada7dd6cde0eb1e","0xf57d4f7fee6ed178","0x06f067aa72176fba","0x0a637dc5a2c898a6","0x113f9804bef90dae","0x1b710b35131c471b","0x28db77f523047d84","0x32caab7b40c72493","0x3c9ebe0a15c9bebc","0x431d67c49c100d4c","0x4cc5d4becb3e42b6","0x597f299cfc657e2a","0x5fcb6fab3ad6faec","0x6c44198c4a475817"].map(r=>BigInt(r))),Tc=Qi[0],Rc=Qi[1],st=new Uint32Array(80),it=new Uint32Array(80),Ho=class extends lr{Ah=0;Al=0;Bh=0;Bl=0;Ch=0;Cl=0;Dh=0;Dl=0;Eh=0;El=0;Fh=0;Fl=0;Gh=0;Gl=0;Hh=0;Hl=0;constructor(e,t){super(128,e,16,!1),this.Ah=t[0]|0,this.Al=t[1]|0,this.Bh=t[2]|0,this.Bl=t[3]|0,this.Ch=t[4]|0,this.Cl=t[5]|0,this.Dh=t[6]|0,this.Dl=t[7]|0,this.Eh=t[8]|0,this.El=t[9]|0,this.Fh=t[10]|0,this.Fl=t[11]|0,this.Gh=t[12]|0,this.Gl=t[13]|0,this.Hh=t[14]|0,this.Hl=t[15]|0}get(){let{Ah:e,Al:t,Bh:n,Bl:o,Ch:s,Cl:i,Dh:a,Dl:l,Eh:d,El:c,Fh:u,Fl:h,Gh:p,Gl:m,Hh:w,Hl:$}=this;return[e,t,n,o,s,i,a,l,d,c,u,h,p,m,w,$]}set(e,t,n,o,s,i,a,l,d,c,u,h,p,m,w,$){this.Ah=e|0,this.Al=t|0,this.Bh=n|0,this.Bl=o|0,this.Ch=s|0,this.Cl=i|0,this.Dh=a|0,this.Dl=l|0,this.Eh=d|0,this.El=c|0,this.Fh=u|0,this.Fl=h|0,this.Gh=p|0,this.Gl=m|0,this.Hh=w|0,this.Hl=$|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let b=0;b<16;b++,t+=4)st[b]=e.getUint32(t),it[b]=e.getUint32(t+=4);for(let b=16;b<80;b++){let E=st[b-15]|0,O=it[b-15]|0,N=kt(E,O,1)^kt(E,O,8)^Co(E,O,7),Q=Et(E,O,1)^Et(E,O,8)^Lo(E,O,7),X=st[b-2]|0,H=it[b-2]|0,q=kt(X,H,19)^ir(X,H,61)^Co(X,H,6),se=Et(X,H,19)^ar(X,H,61)^Lo(X,H,6),Y=Hi(Q,se,it[b-7],it[b-16]),re=qi(Y,N,q,st[b-7],st[b-16]);st[b]=re|0,it[b]=Y|0}let{Ah:n,Al:o,Bh:s,Bl:i,Ch:a,Cl:l,Dh:d,Dl:c,Eh:u,El:h,Fh:p,Fl:m,Gh:w,Gl:$,Hh:B,Hl:T}=this;for(let b=0;b<80;b++){let E=kt(u,h,14)^kt(u,h,18)^ir(u,h,41),O=Et(u,h,14)^Et(u,h,18)^ar(u,h,41),N=u&p^~u&w,Q=h&m^~h&$,X=zi(T,O,Q,Rc[b],it[b]),H=Wi(X,B,E,N,Tc[b],st[b]),q=X|0,se=kt(n,o,28)^ir(n,o,34)^ir(n,o,39),Y=Et(n,o,28)^ar(n,o,34)^ar(n,o,39),re=n&s^n&a^s&a,M=o&i^o&l^i&l;B=w|0,T=$|0,w=p|0,$=m|0,p=u|0,m=h|0,{h:u,l:h}=qe(d|0,c|0,H|0,q|0),d=a|0,c=l|0,a=s|0,l=i|0,s=n|0,i=o|0;let j=Di(q,Y,M);n=Ii(j,H,se,re),o=j|0}({h:n,l:o}=qe(this.Ah|0,this.Al|0,n|0,o|0)),{h:s,l:i}=qe(this.Bh|0,this.Bl|0,s|0,i|0),{h:a,l}=qe(this.Ch|0,this.Cl|0,a|0,l|0),{h:d,l:c}=qe(this.Dh|0,this.Dl|0,d|0,c|0),{h:u,l:h}=qe(this.Eh|0,this.El|0,u|0,h|0),{h:p,l:m}=qe(this.Fh|0,this.Fl|0,p|0,m|0),{h:w,l:$}=qe(this.Gh|0,this.Gl|0,w|0,$|0),{h:B,l:T}=qe(this.Hh|0,this.Hl|0,B|0,T|0),this.set(n,o,s,i,a,l,d,c,u,h,p,m,w,$,B,T)}roundClean(){St(st,it)}destroy(){this.destroyed=!0,St(this.buffer),this.set(0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0)}},qo=class extends Ho{constructor(){super(64,Ji)}};var Je=Fo(()=>new Io,Uo(1));var xn=Fo(()=>new qo,Uo(3));function kn(r,e,t=()=>{}){if(!Array.isArray(r))throw new TypeError(`"${e}" expected array, got type=${typeof r}`);for(let n=0;n<r.length;n++)t(r[n],`${e}[${n}]`);return r}var le=(r,e,t)=>Pe(r,e,t),zo=Xe;function ta(r,e=""){if(typeof r!="string"){let t=e&&`"${e}" `;throw new TypeError(t+"expected string, got type="+typeof r)}return r}function at(r,e="object"){if(r===null||typeof r!="object"||Array.isArray(r))throw new TypeError(e==="object"?"expected valid options object":`"${e}" expected object, got type=${typeof r}`);return r}function _t(r,e){if(typeof r!="function")throw new TypeError(`"${e}" is invalid: expected function, got ${typeof r}`);return r}var dr=bn,Ne=(...r)=>No(...r),Pt=r=>vn(r),dt=mn,Tt=r=>Gi(r),$n=BigInt(0),ea=BigInt(1),Ac=r=>r?`"${r}" `:"";function Be(r,e=""){if(typeof r!="boolean")throw new TypeError(Ac(e)+"expected boolean, got type="+typeof r);return r}function En(r){if(typeof r=="bigint"){if(!lt(r))throw new RangeError("positive bigint expected, got "+r)}else zo(r);return r}function Qe(r,e=""){if(typeof r!="number"){let t=e&&`"${e}" `;throw new TypeError(t+"expected number, got type="+typeof r)}if(!Number.isSafeInteger(r)){let t=e&&`"${e}" `;throw new RangeError(t+"expected safe integer, got "+r)}}function cr(r){let e=En(r).toString(16);return e.length&1?"0"+e:e}function ra(r){if(typeof r!="string")throw new TypeError("hex string expected, got "+typeof r);return r===""?$n:BigInt("0x"+r)}function ze(r){return ra(bn(r))}function Rt(r){return ra(bn(ur(Pe(r)).reverse()))}function Sn(r,e){if(Xe(e),e===0)throw new Error("zero output length is invalid");r=En(r);let t=e*2,n=r.toString(16);if(n.length>t)throw new RangeError("number is too large");return vn(n.padStart(t,"0"))}function Wo(r,e){return Sn(r,e).reverse()}function ur(r){return Uint8Array.from(le(r))}function lt(r){return typeof r=="bigint"&&$n<=r}function Vo(r,e,t){return lt(r)&&lt(e)&&lt(t)&&e<=r&&r<t}function Nt(r,e,t,n){if(!Vo(e,t,n))throw new RangeError("expected valid "+r+": "+t+" <= n < "+n+", got "+e)}function Ft(r){if(r<$n)throw new Error("expected non-negative bigint, got "+r);return r===$n?0:r.toString(2).length}var fr=r=>(Qe(r,"n"),(ea<<BigInt(r))-ea);function na(r,e,t){if(Xe(r,"hashLen"),Xe(e,"qByteLen"),typeof t!="function")throw new TypeError("hmacFn must be a function");let n=$=>new Uint8Array($),o=Uint8Array.of(),s=Uint8Array.of(0),i=Uint8Array.of(1),a=1e3,l=n(r),d=n(r),c=0,u=()=>{l.fill(1),d.fill(0),c=0},h=(...$)=>t(d,Ne(l,...$)),p=($=o)=>{d=h(s,$),l=h(),$.length!==0&&(d=h(i,$),l=h())},m=()=>{if(c++>=a)throw new Error("drbg: tried max amount of iterations");let $=0,B=[];for(;$<e;){l=h();let T=l.slice();B.push(T),$+=l.length}return Ne(...B)};return($,B)=>{u(),p($);let T;for(;(T=B(m()))===void 0;)p();return u(),T}}function Oe(r,e={},t={},n="object"){at(r,n),at(e,"fields"),at(t,"optFields");function o(i,a,l){let d=n==="object"?`param "${String(i)}"`:`"${n}.${String(i)}"`,c=r[i];if(!Object.hasOwn(r,i)&&(l?c!==void 0:a!=="function"))throw new TypeError(`${d} is invalid: expected own property`);if(l&&c===void 0)return;let u=typeof c;if(u!==a||c===null)throw new TypeError(`${d} is invalid: expected ${a}, got ${u}`)}let s=(i,a)=>Object.entries(i).forEach(([l,d])=>o(l,d,a));s(e,!1),s(t,!0)}var Ee=BigInt(0),de=BigInt(1),ct=BigInt(2),ia=BigInt(3),Ko=BigInt(4),aa=BigInt(5),Bc=BigInt(7),la=BigInt(8),Oc=BigInt(9),Mc=BigInt(15),da=BigInt(16),Cc=BigInt("0x10000000000000000");function be(r,e){if(e<=Ee)throw new Error("mod: expected positive modulus, got "+e);let t=r%e;return t>=Ee?t:e+t}function ca(r,e,t){if(t<=de)throw new Error("pow: expected modulus > 1, got "+t);if(typeof e!="bigint")throw new TypeError("invalid exponent: expected bigint, got "+typeof e);if(e<Ee)throw new Error("invalid exponent, negatives unsupported");if(e===Ee)return de;if(e===de)return r;let n=r%t;if(n<Ee&&(n+=t),e<Cc){let a=de;for(;e>Ee;)e&de&&(a=a*n%t),n=n*n%t,e>>=de;return a}let o=[];for(;e>Ee;)o.push(Number(e&Mc)),e>>=Ko;let s=new Array(16);s[0]=de,s[1]=n;for(let a=2;a<16;a++)s[a]=s[a-1]*n%t;let i=s[o[o.length-1]];for(let a=o.length-2;a>=0;a--){i=i*i%t,i=i*i%t,i=i*i%t,i=i*i%t;let l=o[a];l!==0&&(i=i*s[l]%t)}return i}function Ie(r,e,t){if(t<=de)throw new Error("pow2: expected modulus > 1, got "+t);if(e<Ee)throw new Error("pow2: expected non-negative exponent, got "+e);let n=r;for(;e-- >Ee;)n*=n,n%=t;return n}function oa(r,e){if(r===Ee)throw new Error("invert: expected non-zero number");if(e<=de)throw new Error("invert: expected modulus > 1, got "+e);let t=be(r,e),n=e,o=Ee,s=de;for(;t!==Ee;){let a=n/t,l=n-t*a,d=o-s*a;n=t,t=l,o=s,s=d}if(n!==de)throw new Error("invert: does not exist");return be(o,e)}function ua(r,e){if(e<=de)throw new Error("invertCt: expected prime modulus > 1, got "+e);let t=be(r,e);if(t===Ee)throw new Error("invertCt: expected non-zero number");let n=ca(t,e-ct,e);if(be(t*n,e)!==de)throw new Error("invertCt: does not exist");return n}function jo(r,e,t){let n=r;if(!n.eql(n.sqr(e),t))throw new Error("Cannot find square root")}function Go(r,e){if((r&de)===Ee)throw new Error(e+": expected odd modulus, got "+r)}function fa(r,e){let t=r,n=(t.ORDER+de)/Ko,o=t.pow(e,n);return jo(t,o,e),o}function Lc(r,e){let t=r,n=(t.ORDER-aa)/la,o=t.mul(e,ct),s=t.pow(o,n),i=t.mul(e,s),a=t.mul(t.mul(i,ct),s),l=t.mul(i,t.sub(a,t.ONE));return jo(t,l,e),l}function Pc(r){let e=Rn(r),t=ha(r),n=t(e,e.neg(e.ONE)),o=t(e,n),s=t(e,e.neg(n)),i=(r+Bc)/da;return((a,l)=>{let d=a,c=d.pow(l,i),u=d.mul(c,n),h=d.mul(c,o),p=d.mul(c,s),m=d.eql(d.sqr(u),l),w=d.eql(d.sqr(h),l);c=d.cmov(c,u,m),u=d.cmov(p,h,w);let $=d.eql(d.sqr(u),l),B=d.cmov(c,u,$);return jo(d,B,l),B})}function ha(r){if(r<ia)throw new Error("sqrt is not defined for small field");Go(r,"tonelliShanks");let e=r-de,t=0;for(;e%ct===Ee;)e/=ct,t++;let n=ct,o=Rn(r);for(;hr(o,n)===1;)if(n++>1e3)throw new Error("Cannot find square root: probably non-prime P");if(t===1)return fa;let s=o.pow(n,e),i=(e+de)/ct;return function(l,d){let c=l;if(c.is0(d))return d;if(hr(c,d)!==1)throw new Error("Cannot find square root");let u=t,h=c.mul(c.ONE,s),p=c.pow(d,e),m=c.pow(d,i);for(;!c.eql(p,c.ONE);){if(c.is0(p))throw new Error("Cannot find square root: probably non-prime P");let w=1,$=c.sqr(p);for(;!c.eql($,c.ONE);)if(w++,$=c.sqr($),w===u)throw new Error("Cannot find square root");let B=de<<BigInt(u-w-1),T=c.pow(h,B);u=w,h=c.sqr(T),p=c.mul(p,h),m=c.mul(m,T)}return m}}function Nc(r){return Go(r,"Fp.sqrt"),r%Ko===ia?fa:r%la===aa?Lc:r%da===Oc?Pc(r):ha(r)}var pa=(r,e)=>(be(r,e)&de)===de,Fc=["create","isValid","is0","neg","inv","sqrt","sqr","eql","add","sub","mul","pow","div","addN","subN","mulN","sqrN"];function Ut(r){if(at(r,"field"),typeof r.ORDER!="bigint")throw new TypeError('param "ORDER" is invalid: expected bigint, got '+typeof r.ORDER);Qe(r.BYTES,"BYTES"),Qe(r.BITS,"BITS");for(let e of Fc)_t(r[e],"field."+e);if(r.BYTES<1||r.BITS<1)throw new Error("invalid field: expected BYTES/BITS > 0");if(r.ORDER<=de)throw new Error("invalid field: expected ORDER > 1, got "+r.ORDER);return r}function Tn(r,e,t=!1){Ut(r),kn(e,"nums"),Be(t,"passZero");let n=r,o=new Array(e.length).fill(t?n.ZERO:void 0),s=e.reduce((a,l,d)=>n.is0(l)?a:(o[d]=a,n.mul(a,l)),n.ONE),i=n.inv(s);return e.reduceRight((a,l,d)=>n.is0(l)?a:(o[d]=n.mul(a,o[d]),n.mul(a,l)),i),o}function hr(r,e){Ut(r);let t=r;Go(t.ORDER,"FpLegendre");let n=(t.ORDER-de)/ct,o=t.pow(e,n),s=t.eql(o,t.ONE),i=t.eql(o,t.ZERO),a=t.eql(o,t.neg(t.ONE));if(!s&&!i&&!a)throw new Error("invalid Legendre symbol result");return s?1:i?0:-1}function Uc(r,e){if(e!==void 0&&zo(e),r<=Ee)throw new Error("invalid n length: expected positive n, got "+r);if(e!==void 0&&e<1)throw new Error("invalid n length: expected positive bit length, got "+e);let t=Ft(r);if(e!==void 0&&e<t)throw new Error(`invalid n length: expected nBitLength (${e}) >= bitLen(n) (${t})`);let n=e!==void 0?e:t,o=Math.ceil(n/8);return{nBitLength:n,nByteLength:o}}var sa=new WeakMap,_n=class{ORDER;BITS;BYTES;isLE;ZERO=Ee;ONE=de;_lengths;_mod;constructor(e,t={}){if(e<=de)throw new Error("invalid field: expected ORDER > 1, got "+e);let n;this.isLE=!1,t!=null&&typeof t=="object"&&(typeof t.BITS=="number"&&(n=t.BITS),typeof t.sqrt=="function"&&Object.defineProperty(this,"sqrt",{value:t.sqrt,enumerable:!0}),typeof t.isLE=="boolean"&&(this.isLE=t.isLE),t.allowedLengths&&(this._lengths=Object.freeze(t.allowedLengths.slice())),typeof t.modFromBytes=="boolean"&&(this._mod=t.modFromBytes));let{nBitLength:o,nByteLength:s}=Uc(e,n);if(s>2048)throw new Error("invalid field: expected ORDER of <= 2048 bytes");this.ORDER=e,this.BITS=o,this.BYTES=s,Object.freeze(this)}create(e){return be(e,this.ORDER)}isValid(e){if(typeof e!="bigint")throw new TypeError("invalid field element: expected bigint, got "+typeof e);return Ee<=e&&e<this.ORDER}is0(e){return e===Ee}isValidNot0(e){return!this.is0(e)&&this.isValid(e)}isOdd(e){return(e&de)===de}neg(e){return be(-e,this.ORDER)}eql(e,t){return e===t}sqr(e){return be(e*e,this.ORDER)}add(e,t){return be(e+t,this.ORDER)}sub(e,t){return be(e-t,this.ORDER)}mul(e,t){return be(e*t,this.ORDER)}pow(e,t){return ca(e,t,this.ORDER)}div(e,t){return be(e*oa(t,this.ORDER),this.ORDER)}sqrN(e){return e*e}addN(e,t){return e+t}subN(e,t){return e-t}mulN(e,t){return e*t}inv(e){return oa(e,this.ORDER)}sqrt(e){let t=sa.get(this);return t||sa.set(this,t=Nc(this.ORDER)),t(this,e)}toBytes(e){return this.isLE?Wo(e,this.BYTES):Sn(e,this.BYTES)}fromBytes(e,t=!1){le(e);let{_lengths:n,BYTES:o,isLE:s,ORDER:i,_mod:a}=this;if(n){if(e.length<1||!n.includes(e.length)||e.length>o)throw new Error("Field.fromBytes: expected "+n+" bytes, got "+e.length);let d=new Uint8Array(o);d.set(e,s?0:d.length-e.length),e=d}if(e.length!==o)throw new Error("Field.fromBytes: expected "+o+" bytes, got "+e.length);let l=s?Rt(e):ze(e);if(a&&(l=be(l,i)),!t&&!this.isValid(l))throw new Error("invalid field element: outside of range 0..ORDER");return l}invertBatch(e){return Tn(this,e,!0)}cmov(e,t,n){return Be(n,"condition"),n?t:e}};function Rn(r,e={}){return Object.freeze(_n.prototype),new _n(r,e)}function ma(r){if(typeof r!="bigint")throw new Error("field order must be bigint");if(r<=de)throw new Error("field order must be greater than 1");let e=Ft(r-de);return Math.ceil(e/8)}function An(r){let e=ma(r);return e+Math.ceil(e/2)}function Yo(r,e,t=!1){le(r);let n=r.length,o=ma(e),s=Math.max(An(e),16);if(n<s||n>1024)throw new Error("expected "+s+"-1024 bytes of input, got "+n);let i=t?Rt(r):ze(r),a=be(i,e-de)+de;return t?Wo(a,o):Sn(a,o)}var Jo=BigInt(0),pr=BigInt(1),Dc=BigInt(4),Zo=16,ga=128,Ic=5,ya=2**31;function ut(r){let e=r;if(typeof e!="function")throw new TypeError('"Point" expected constructor, got type='+typeof r);_t(e.fromAffine,"Point.fromAffine"),_t(e.fromBytes,"Point.fromBytes"),_t(e.fromHex,"Point.fromHex"),at(e.BASE,"Point.BASE"),at(e.ZERO,"Point.ZERO"),Ut(e.Fp),Ut(e.Fn)}function Bn(r,e){ut(r),ba(e,r);let t=Tn(r.Fp,e.map(n=>n.Z));return e.map((n,o)=>r.fromAffine(n.toAffine(t[o])))}function Hc(r,e,t=1){if(!Number.isSafeInteger(r)||r<t||r>e)throw new Error("invalid window size, expected ["+t+".."+e+"], got W="+r)}function qc(r,e){let t=r*(4*e+128);if(t>ya)throw new Error("invalid window size: table would need ~"+Math.ceil(t/2**20)+" MiB, max "+ya/2**20+" MiB")}function Qo(r,e){if(r!==void 0){_t(r,"randomBytes");try{let t=r(e);if(!dt(t)||t.length!==e)return}catch{return}return r}}function ba(r,e){kn(r,"points"),r.forEach((t,n)=>{if(!(t instanceof e))throw new Error("invalid point at index "+n)})}function zc(r,e,t){if(!Array.isArray(r))throw new Error("array of scalars expected");r.forEach((n,o)=>{if(!(t===void 0?e.isValid(n):lt(n)&&n<t))throw new Error("invalid scalar at index "+o)})}var va=new WeakMap;function Xo(r){return va.get(r)||1}function Wc(r,e){let t=r.double(),n=[r];for(let o=1;o<e;o++)n.push(n[o-1].add(t));return n}function Vc(r,e){let t=2**e,n=t/2,o=BigInt(t-1),s=[];for(;r>Jo;){let i=0;r&pr&&(i=Number(r&o),i>=n&&(i-=t),r-=BigInt(i)),s.push(i),r>>=pr}return s}function Kc(r,e,t){let n=2**e,o=n/2,s=BigInt(n-1),i=BigInt(e),a=[];for(let l=0;l<t;l++){let d=Number(r&s);r>>=i,d>o&&(d-=n,r+=pr),a.push(d)}if(r!==Jo)throw new Error("invalid wnaf");return a}function jc(r,e,t){let n=0;for(let s of t)n=Math.max(n,s.length);let o=r;for(let s=n-1;s>=0;s--){s!==n-1&&(o=o.double());for(let i=0;i<t.length;i++){let a=t[i][s];if(a){let l=e[i][Math.abs(a)-1>>1];o=o.add(a<0?l.negate():l)}}}return o}var Dt=class{Point;BASE;ZERO;randomBytes;wnafPrecomputes=new WeakMap;baseCanBeBlinded;bits;constructor(e,t){ut(e),this.randomBytes=Qo(t,Zo),this.Point=e,this.BASE=e.BASE,this.ZERO=e.ZERO,this.bits=e.Fn.BITS}buildWnafTable(e,t,n){let o=Math.ceil(n/t)+1,s=2**(t-1),i=[],a=e;for(let l=0;l<o;l++){let d=a;for(let c=0;c<s;c++)i.push(d),d=d.add(a);a=i[i.length-1].double()}return{W:t,bits:n,windows:o,comp:i}}wnafCachedCT(e,t){let{W:n,windows:o,comp:s}=e,i=2**(n-1),a=Kc(t,n,o),l=this.ZERO,d=this.BASE;for(let c=0;c<o;c++){let u=a[c],h=c*i,p=Math.abs(u)-1,m=s[h];for(let $=1;$<i;$++)m=$===p?s[h+$]:m;let w=m.negate();u===0?d=d.add(s[h]):l=l.add(u<0?w:m)}return{p:l,f:d}}getWnafPrecomputes(e,t,n,o){let s=this.wnafPrecomputes.get(t),i=s?.find(a=>a.W===e&&a.bits===n);return i||(i=this.buildWnafTable(t,e,n),typeof o=="function"&&(i={...i,comp:o(i.comp)}),s||(s=[],this.wnafPrecomputes.set(t,s)),s.push(i)),i}assertPoint(e){if(!(e instanceof this.Point))throw new TypeError('"point" expected Point instance, got type='+typeof e)}validateMulInput(e,t){if(this.assertPoint(e),!Vo(t,pr,this.Point.Fn.ORDER))throw new Error("invalid scalar")}runCT(e,t,n,o){let s=Xo(e);return s===1?this.fixedWindowCT(e,t,n):this.wnafCachedCT(this.getWnafPrecomputes(s,e,n,o),t)}mulCT(e,t,n){return this.validateMulInput(e,t),this.runCT(e,t,this.bits,n)}mulCTBlinded(e,t,n){if(this.validateMulInput(e,t),this.randomBytes===void 0)throw new Error("randomBytes is required for scalar blinding");let o=this.Point.Fn.BITS+ga,s=this.randomBytes(Zo);if(!dt(s)||s.length!==Zo)throw new Error("randomBytes returned invalid byte array");s[0]=s[0]&63|128;let i=t+ze(s)*this.Point.Fn.ORDER;return this.runCT(e,i,o,n)}fixedWindowCT(e,t,n){let o=Ic,s=1<<o,i=fr(o),a=new Array(s);a[0]=this.ZERO;for(let c=1;c<s;c++)a[c]=a[c-1].add(e);let l=Math.ceil(n/o),d=this.ZERO;for(let c=l-1;c>=0;c--){if(c!==l-1)for(let p=0;p<o;p++)d=d.double();let u=Number(t>>BigInt(c*o)&i),h=a[0];for(let p=1;p<s;p++)h=p===u?a[p]:h;d=d.add(h)}return{p:d,f:d}}shouldBlind(e,t){return this.randomBytes===void 0?!1:t===pr?!0:e!==this.BASE?!1:(this.baseCanBeBlinded===void 0&&(this.baseCanBeBlinded=this.mulUnsafe(this.BASE,this.Point.Fn.ORDER).is0()),this.baseCanBeBlinded)}mulSecret(e,t,n,o){return this.shouldBlind(e,n)?this.mulCTBlinded(e,t,o):this.mulCT(e,t,o)}mulUnsafe(e,t,n){if(this.assertPoint(e),!lt(t))throw new Error("invalid scalar");let o=Xo(e);if(o===1||t>=this.Point.Fn.ORDER)return On(this.Point,[e],[t],!0);let s=this.getWnafPrecomputes(o,e,this.bits,n);return this.wnafCachedCT(s,t).p}setWindowSize(e,t){this.assertPoint(e),Hc(t,this.bits);let n=Math.ceil((this.bits+ga)/t)+1;qc(n*2**(t-1),this.Point.Fp.BYTES),va.set(e,t),this.wnafPrecomputes.delete(e)}hasWindowSize(e){return Xo(e)!==1}};function On(r,e,t,n=!1){if(ut(r),ba(e,r),Be(n,"allowOversized"),zc(t,r.Fn,n?r.Fn.ORDER**Dc:void 0),e.length!==t.length)throw new Error("arrays of points and scalars must have equal length");let o=e.map(i=>Wc(i,4)),s=t.map(i=>Vc(i,4));return jc(r.ZERO,o,s)}function wa(r,e,t){if(e){if(e.ORDER!==r)throw new Error("Field.ORDER must match order: Fp == p, Fn == n");return Ut(e),e}else return Rn(r,{isLE:t})}function Mn(r,e,t={},n){if(r!=="weierstrass"&&r!=="edwards")throw new Error('expected curve type "weierstrass" or "edwards"');if(n===void 0&&(n=r==="edwards"),!e||typeof e!="object")throw new Error(`expected valid ${r} CURVE object`);Oe(t);for(let l of["p","n","h"]){let d=e[l];if(!(lt(d)&&d!==Jo))throw new Error(`CURVE.${l} must be positive bigint`)}let o=wa(e.p,t.Fp,n),s=wa(e.n,t.Fn,n),a=["Gx","Gy","a",r==="weierstrass"?"b":"d"];for(let l of a)if(!o.isValid(e[l]))throw new Error(`CURVE.${l} must be valid field element of CURVE.Fp`);return e=Object.freeze(Object.assign({},e)),{CURVE:e,Fp:o,Fn:s}}function Cn(r,e){return function(n){let o=r(n);return{secretKey:o,publicKey:e(o)}}}var Ln=class{oHash;iHash;blockLen;outputLen;canXOF=!1;finished=!1;destroyed=!1;constructor(e,t){if(gn(e),Pe(t,void 0,"key"),this.iHash=e.create(),typeof this.iHash.update!="function")throw new Error("expected Hash instance");this.blockLen=this.iHash.blockLen,this.outputLen=this.iHash.outputLen;let n=this.blockLen,o=new Uint8Array(n);o.set(t.length>n?e.create().update(t).digest():t);for(let s=0;s<o.length;s++)o[s]^=54;this.iHash.update(o),this.oHash=e.create();for(let s=0;s<o.length;s++)o[s]^=106;this.oHash.update(o),St(o)}update(e){return Lt(this),this.iHash.update(e),this}digestInto(e){Lt(this),yn(e,this),this.finished=!0;let t=e.subarray(0,this.outputLen);this.iHash.digestInto(t),this.oHash.update(t),this.oHash.digestInto(t),this.destroy()}digest(){let e=new Uint8Array(this.oHash.outputLen);return this.digestInto(e),e}_cloneInto(e){e||=Object.create(Object.getPrototypeOf(this),{});let{oHash:t,iHash:n,finished:o,destroyed:s,blockLen:i,outputLen:a,canXOF:l}=this;return e=e,e.finished=o,e.destroyed=s,e.blockLen=i,e.outputLen=a,e.canXOF=l,e.oHash=t._cloneInto(e.oHash),e.iHash=n._cloneInto(e.iHash),e}clone(){return this._cloneInto()}destroy(){this.destroyed=!0,this.oHash.destroy(),this.iHash.destroy()}},xa=(()=>{let r=((e,t,n)=>new Ln(e,t).update(n).digest());return r.create=(e,t)=>new Ln(e,t),r})();var Gc=BigInt(0),es=class extends Error{constructor(e=""){super(e)}},et={Err:es,_tlv:{encode:(r,e)=>{let{Err:t}=et;if(Qe(r,"tag"),r<0||r>255)throw new t("tlv.encode: wrong tag");if(ta(e,"data"),e.length&1)throw new t("tlv.encode: unpadded data");let n=e.length/2,o=cr(n);if(o.length/2&128)throw new t("tlv.encode: long form length too big");let s=n>127?cr(o.length/2|128):"";return cr(r)+s+o+e},decode(r,e){let{Err:t}=et;e=le(e,void 0,"DER data");let n=0;if(r<0||r>255)throw new t("tlv.decode: wrong tag");if(e.length<2||e[n++]!==r)throw new t("tlv.decode: wrong tlv");let o=e[n++],s=!!(o&128),i=0;if(!s)i=o;else{let l=o&127;if(!l)throw new t("tlv.decode(long): indefinite length not supported");if(l>4)throw new t("tlv.decode(long): byte length is too big");let d=e.subarray(n,n+l);if(d.length!==l)throw new t("tlv.decode: length bytes not complete");if(d[0]===0)throw new t("tlv.decode(long): zero leftmost byte");for(let c of d)i=i<<8|c;if(n+=l,i<128)throw new t("tlv.decode(long): not minimal encoding")}let a=e.subarray(n,n+i);if(a.length!==i)throw new t("tlv.decode: wrong value length");return{v:a,l:e.subarray(n+i)}}},_int:{encode(r){let{Err:e}=et;if(En(r),r<Gc)throw new e("integer: negative integers are not allowed");let t=cr(r);if(Number.parseInt(t[0],16)&8&&(t="00"+t),t.length&1)throw new e("unexpected DER parsing assertion: unpadded hex");return t},decode(r){let{Err:e}=et;if(r.length<1)throw new e("invalid signature integer: empty");if(r[0]&128)throw new e("invalid signature integer: negative");if(r.length>1&&r[0]===0&&!(r[1]&128))throw new e("invalid signature integer: unnecessary leading zero");return ze(r)}},toSig(r,e){let{Err:t,_int:n,_tlv:o}=et;if(e!==void 0&&(Qe(e,"maxScalarBytes"),e<1))throw new t("invalid signature: maxScalarBytes must be positive");let s=le(r,void 0,"signature"),{v:i,l:a}=o.decode(48,s);if(a.length)throw new t("invalid signature: left bytes after parsing");let{v:l,l:d}=o.decode(2,i),{v:c,l:u}=o.decode(2,d);if(u.length)throw new t("invalid signature: left bytes after parsing");if(e!==void 0&&(l.length>e||c.length>e))throw new t("invalid signature: integer too large");return{r:n.decode(l),s:n.decode(c)}},hexFromSig(r){let{_tlv:e,_int:t}=et;Oe(r,{r:"bigint",s:"bigint"},{},"sig");let n=e.encode(2,t.encode(r.r)),o=e.encode(2,t.encode(r.s)),s=n+o;return e.encode(48,s)}},Pn=(Object.freeze(et._tlv),Object.freeze(et._int),Object.freeze(et));var $a=(r,e)=>(r+(r>=0?e:-e)/ka)/e;function Yc(r,e,t){Nt("scalar",r,tt,t);let[[n,o],[s,i]]=e,a=$a(i*r,t),l=$a(-o*r,t),d=r-a*n-l*s,c=-a*o-l*i,u=d<tt,h=c<tt;u&&(d=-d),h&&(c=-c);let p=fr(Math.ceil(Ft(t)/2))+At;if(d<tt||d>=p||c<tt||c>=p)throw new Error("splitScalar (endomorphism): failed for k");return{k1neg:u,k1:d,k2neg:h,k2:c}}function ns(r){if(!["compact","recovered","der"].includes(r))throw new Error('Signature format must be "compact", "recovered", or "der"');return r}function ts(r,e){Oe(r);let t={};for(let n of Object.keys(e))t[n]=r[n]===void 0?e[n]:r[n];return Be(t.lowS,"lowS"),Be(t.prehash,"prehash"),t.format!==void 0&&ns(t.format),t}var tt=BigInt(0),At=BigInt(1),ka=BigInt(2),rs=BigInt(3),Zc=BigInt(4);function Ea(r,e={}){let t=Mn("weierstrass",r,e),n=t.Fp,o=t.Fn,s=t.CURVE,{h:i,n:a}=s;Oe(e,{},{allowInfinityPoint:"boolean",clearCofactor:"function",isTorsionFree:"function",fromBytes:"function",toBytes:"function",endo:"object",randomBytes:"function"});let{endo:l,allowInfinityPoint:d,clearCofactor:c,isTorsionFree:u,fromBytes:h,toBytes:p}=e,m=e.randomBytes===void 0?Tt:e.randomBytes;if(l&&(!n.is0(s.a)||typeof l.beta!="bigint"||!Array.isArray(l.basises)))throw new Error('invalid endo: expected "beta": bigint and "basises": array');let w=l?{beta:l.beta,basises:l.basises.map(A=>[...A])}:void 0,$=_a(n,o);function B(){if(!n.isOdd)throw new Error("compression is not supported: Field does not have .isOdd()")}function T(A,y,x){if(y.is0()){if(!d)throw new Error("bad point: ZERO");return Uint8Array.of(0)}let{x:_,y:L}=y.toAffine(),P=n.toBytes(_);if(Be(x,"isCompressed"),x){B();let F=!n.isOdd(L);return Ne(Sa(F),P)}else return Ne(Uint8Array.of(4),P,n.toBytes(L))}function b(A){le(A,void 0,"Point");let{publicKey:y,publicKeyUncompressed:x}=$,_=A.length,L=A[0],P=A.subarray(1);if(d&&_===1&&L===0)return{x:n.ZERO,y:n.ZERO};if(_===y&&(L===2||L===3)){let F=n.fromBytes(P);if(!n.isValid(F))throw new Error("bad point: is not on curve, wrong x");let z=X(F),W;try{W=n.sqrt(z)}catch(ve){let ye=ve instanceof Error?": "+ve.message:"";throw new Error("bad point: is not on curve, sqrt error"+ye)}B();let ie=n.isOdd(W);return(L&1)===1!==ie&&(W=n.neg(W)),{x:F,y:W}}else if(_===x&&L===4){let F=n.BYTES,z=n.fromBytes(P.subarray(0,F)),W=n.fromBytes(P.subarray(F,F*2));if(!H(z,W))throw new Error("bad point: is not on curve");return{x:z,y:W}}else throw new Error(`bad point: got length ${_}, expected compressed=${y} or uncompressed=${x}`)}let E=p===void 0?T:p,O=h===void 0?b:h,N=n.mul(s.b,rs),Q=n.is0(s.a)?A=>n.ZERO:A=>n.mul(s.a,A);function X(A){let y=n.sqr(A),x=n.mul(y,A);return n.add(n.add(x,n.mul(A,s.a)),s.b)}function H(A,y){let x=n.sqr(y),_=X(A);return n.eql(x,_)}if(!H(s.Gx,s.Gy))throw new Error("bad curve params: generator point");let q=n.mul(n.pow(s.a,rs),Zc),se=n.mul(n.sqr(s.b),BigInt(27));if(n.is0(n.add(q,se)))throw new Error("bad curve params: a or b");function Y(A,y,x=!1){if(!n.isValid(y)||x&&n.is0(y))throw new Error(`bad point coordinate ${A}`);return typeof y=="object"&&y!==null?n.create(y):y}function re(A){if(!(A instanceof U))throw new Error("Weierstrass Point expected")}function M(A){if(!w||!w.basises)throw new Error("no endo");return Yc(A,w.basises,o.ORDER)}function j(A,y,x,_){if(!o.isValid(_))throw new RangeError("invalid scalar: out of range");if(w){let{k1neg:L,k1:P,k2neg:F,k2:z}=M(_),W=new U(n.mul(x.X,w.beta),x.Y,x.Z);A.push(L?x.negate():x,F?W.negate():W),y.push(P,z)}else A.push(x),y.push(_)}let G=new WeakSet;class U{static BASE=new U(s.Gx,s.Gy,n.ONE);static ZERO=new U(n.ZERO,n.ONE,n.ZERO);static Fp=n;static Fn=o;X;Y;Z;constructor(y,x,_){this.X=Y("x",y),this.Y=Y("y",x,!0),this.Z=Y("z",_),Object.freeze(this)}static CURVE(){return s}static fromAffine(y){let{x,y:_}=y||{};if(!y||!n.isValid(x)||!n.isValid(_))throw new Error("invalid affine point");if(y instanceof U)throw new Error("projective point not allowed");return n.is0(x)&&n.is0(_)?U.ZERO:new U(x,_,n.ONE)}static fromBytes(y){let x=U.fromAffine(O(le(y,void 0,"point")));return x.assertValidity(),x}static fromHex(y){return U.fromBytes(Pt(y))}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(y=6,x=!0){return pe.setWindowSize(this,y),x||this.multiply(rs),this}assertValidity(){let y=this;if(y.is0()){if(d&&n.is0(y.X)&&n.eql(y.Y,n.ONE)&&n.is0(y.Z))return;throw new Error("bad point: ZERO")}if(G.has(y))return;let{x,y:_}=y.toAffine();if(!n.isValid(x)||!n.isValid(_))throw new Error("bad point: x or y not field elements");if(!H(x,_))throw new Error("bad point: equation left != right");if(!y.isTorsionFree())throw new Error("bad point: not in prime-order subgroup");G.add(y)}hasEvenY(){let{y}=this.toAffine();if(!n.isOdd)throw new Error("Field doesn't support isOdd");return!n.isOdd(y)}equals(y){re(y);let{X:x,Y:_,Z:L}=this,{X:P,Y:F,Z:z}=y,W=n.eql(n.mul(x,z),n.mul(P,L)),ie=n.eql(n.mul(_,z),n.mul(F,L));return W&&ie}negate(){return new U(this.X,n.neg(this.Y),this.Z)}double(){let{X:y,Y:x,Z:_}=this,L=n.ZERO,P=n.ZERO,F=n.ZERO,z=n.mul(y,y),W=n.mul(x,x),ie=n.mul(_,_),ee=n.mul(y,x);return ee=n.add(ee,ee),F=n.mul(y,_),F=n.add(F,F),L=Q(F),P=n.mul(N,ie),P=n.add(L,P),L=n.sub(W,P),P=n.add(W,P),P=n.mul(L,P),L=n.mul(ee,L),F=n.mul(N,F),ie=Q(ie),ee=n.sub(z,ie),ee=Q(ee),ee=n.add(ee,F),F=n.add(z,z),z=n.add(F,z),z=n.add(z,ie),z=n.mul(z,ee),P=n.add(P,z),ie=n.mul(x,_),ie=n.add(ie,ie),z=n.mul(ie,ee),L=n.sub(L,z),F=n.mul(ie,W),F=n.add(F,F),F=n.add(F,F),new U(L,P,F)}add(y){re(y);let{X:x,Y:_,Z:L}=this,{X:P,Y:F,Z:z}=y,W=n.ZERO,ie=n.ZERO,ee=n.ZERO,ve=n.mul(x,P),ye=n.mul(_,F),Se=n.mul(L,z),Ce=n.add(x,_),we=n.add(P,F);Ce=n.mul(Ce,we),we=n.add(ve,ye),Ce=n.sub(Ce,we),we=n.add(x,L);let xe=n.add(P,z);return we=n.mul(we,xe),xe=n.add(ve,Se),we=n.sub(we,xe),xe=n.add(_,L),W=n.add(F,z),xe=n.mul(xe,W),W=n.add(ye,Se),xe=n.sub(xe,W),ee=Q(we),W=n.mul(N,Se),ee=n.add(W,ee),W=n.sub(ye,ee),ee=n.add(ye,ee),ie=n.mul(W,ee),ye=n.add(ve,ve),ye=n.add(ye,ve),Se=Q(Se),we=n.mul(N,we),ye=n.add(ye,Se),Se=n.sub(ve,Se),Se=Q(Se),we=n.add(we,Se),ve=n.mul(ye,we),ie=n.add(ie,ve),ve=n.mul(xe,we),W=n.mul(Ce,W),W=n.sub(W,ve),ve=n.mul(Ce,ye),ee=n.mul(xe,ee),ee=n.add(ee,ve),new U(W,ie,ee)}subtract(y){return re(y),this.add(y.negate())}is0(){return this.equals(U.ZERO)}multiply(y){if(!o.isValidNot0(y))throw new RangeError("invalid scalar: out of range");let{p:x,f:_}=pe.mulSecret(this,y,i,ce);return ce([x,_])[0]}multiplyUnsafe(y){let x=this,_=y;if(!o.isValid(_))throw new RangeError("invalid scalar: out of range");if(_===tt||x.is0())return U.ZERO;if(_===At)return x;if(pe.hasWindowSize(this))return pe.mulUnsafe(x,_,ce);let L=[],P=[];return j(L,P,x,_),On(U,L,P)}mulAddUnsafe(y,x,_){re(x);let L=[],P=[];return j(L,P,this,y),j(L,P,x,_),On(U,L,P)}toAffine(y){let x=this,_=y;if(_!=null&&!n.isValid(_))throw new RangeError('"invertedZ" expected valid field element');let{X:L,Y:P,Z:F}=x;if(n.eql(F,n.ONE))return{x:L,y:P};let z=x.is0();_==null&&(_=z?n.ONE:n.inv(F));let W=n.mul(L,_),ie=n.mul(P,_),ee=n.mul(F,_);if(z)return{x:n.ZERO,y:n.ZERO};if(!n.eql(ee,n.ONE))throw new Error("invZ was invalid");return{x:W,y:ie}}isTorsionFree(){return i===At?!0:u?u(U,this):pe.mulUnsafe(this,a).is0()}clearCofactor(){return i===At?this:c?c(U,this):this.multiplyUnsafe(i)}isSmallOrder(){return i===At?this.is0():this.clearCofactor().is0()}toBytes(y=!0){return Be(y,"isCompressed"),this.assertValidity(),E(U,this,y)}toHex(y=!0){return dr(this.toBytes(y))}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let ce=A=>Bn(U,A),pe=new Dt(U,m);return pe.bits>=6&&U.BASE.precompute(6),Object.freeze(U.prototype),Object.freeze(U),U}function Sa(r){return Uint8Array.of(r?2:3)}function _a(r,e){return{secretKey:e.BYTES,publicKey:1+r.BYTES,publicKeyUncompressed:1+2*r.BYTES,publicKeyHasPrefix:!0,signature:2*e.BYTES}}function Xc(r,e={}){ut(r);let{Fn:t}=r,n=e.randomBytes===void 0?Tt:e.randomBytes,o=Object.assign(_a(r.Fp,t),{seed:Math.max(An(t.ORDER),16)});function s(p){try{let m=t.fromBytes(p);return t.isValidNot0(m)}catch{return!1}}function i(p,m){let{publicKey:w,publicKeyUncompressed:$}=o;try{let B=p.length;return m===!0&&B!==w||m===!1&&B!==$?!1:!r.fromBytes(p).is0()}catch{return!1}}function a(p){return p=p===void 0?n(o.seed):p,Yo(le(p,o.seed,"seed"),t.ORDER)}function l(p,m=!0){return r.BASE.multiply(t.fromBytes(p)).toBytes(m)}function d(p){let{secretKey:m,publicKey:w,publicKeyUncompressed:$}=o,B=t._lengths;if(!dt(p))return;let T=le(p,void 0,"key").length,b=T===w||T===$,E=T===m||!!B?.includes(T);if(!(b&&E))return b}function c(p,m,w=!0){if(d(p)===!0)throw new Error("first arg must be private key");if(d(m)===!1)throw new Error("second arg must be public key");let $=t.fromBytes(p),B=r.fromBytes(m);if(B.is0())throw new Error("invalid public key: point at infinity");return B.multiply($).toBytes(w)}let u={isValidSecretKey:s,isValidPublicKey:i,randomSecretKey:a},h=Cn(a,l);return Object.freeze(u),Object.freeze(o),Object.freeze({getPublicKey:l,getSharedSecret:c,keygen:h,Point:r,utils:u,lengths:o})}function Ta(r,e,t={}){ut(r);let n=e;gn(n),Oe(t,{},{hmac:"function",lowS:"boolean",randomBytes:"function",bits2int:"function",bits2int_modN:"function"});let o=Object.assign({},t),s=o.randomBytes===void 0?Tt:o.randomBytes,i=o.hmac===void 0?(A,y)=>xa(n,A,y):o.hmac,{Fp:a,Fn:l}=r,{ORDER:d,BITS:c}=l,u=An(d),h=Qo(s,u),{keygen:p,getPublicKey:m,getSharedSecret:w,utils:$,lengths:B}=Xc(r,o),T={prehash:!0,lowS:typeof o.lowS=="boolean"?o.lowS:!0,format:"compact",extraEntropy:!1},b=d*ka+At<a.ORDER;function E(A){let y=d>>At;return A>y}function O(A,y){if(!l.isValidNot0(y))throw new Error(`invalid signature ${A}: out of range 1..Point.Fn.ORDER`);return y}function N(){if(!a.isOdd)throw new Error("Field doesn't support isOdd")}function Q(A,y,x){return N(),(A===x?0:2)|Number(a.isOdd(y))}function X(){if(b)throw new Error('"recovered" sig type is not supported for cofactor >2 curves')}function H(A,y){ns(y);let x=B.signature,_=y==="compact"?x:y==="recovered"?x+1:void 0;return le(A,_)}class q{r;s;recovery;constructor(y,x,_){if(this.r=O("r",y),this.s=O("s",x),_!=null){if(X(),![0,1,2,3].includes(_))throw new Error("invalid recovery id");this.recovery=_}Object.freeze(this)}static fromBytes(y,x=T.format){H(y,x);let _;if(x==="der"){if(y.length>2*l.BYTES+16)throw new Pn.Err("invalid signature: DER signature too long");let{r:z,s:W}=Pn.toSig(le(y),l.BYTES+1);return new q(z,W)}x==="recovered"&&(_=y[0],x="compact",y=y.subarray(1));let L=B.signature/2,P=y.subarray(0,L),F=y.subarray(L,L*2);return new q(l.fromBytes(P),l.fromBytes(F),_)}static fromHex(y,x){return this.fromBytes(Pt(y),x)}assertRecovery(){let{recovery:y}=this;if(y==null)throw new Error("invalid recovery id: must be present");return y}addRecoveryBit(y){return new q(this.r,this.s,y)}recoverPublicKey(y){let{r:x,s:_}=this,L=this.assertRecovery(),P=L===2||L===3?x+d:x;if(!a.isValid(P))throw new Error("invalid recovery id: sig.r+curve.n != R.x");let F=a.toBytes(P),z=r.fromBytes(Ne(Sa((L&1)===0),F)),W=l.inv(P),ie=Y(le(y,void 0,"msgHash")),ee=l.create(-ie*W),ve=l.create(_*W),ye=r.BASE.mulAddUnsafe(ee,z,ve);if(ye.is0())throw new Error("invalid recovery: point at infinify");return ye.assertValidity(),ye}hasHighS(){return E(this.s)}toBytes(y=T.format){if(ns(y),y==="der")return Pt(Pn.hexFromSig(this));let{r:x,s:_}=this,L=l.toBytes(x),P=l.toBytes(_);return y==="recovered"?(X(),Ne(Uint8Array.of(this.assertRecovery()),L,P)):Ne(L,P)}toHex(y){return dr(this.toBytes(y))}}Object.freeze(q.prototype),Object.freeze(q);let se=o.bits2int===void 0?function(y){if(y.length>8192)throw new Error("input is too large");let x=ze(y),_=y.length*8-c;return _>0?x>>BigInt(_):x}:o.bits2int,Y=o.bits2int_modN===void 0?function(y){return l.create(se(y))}:o.bits2int_modN,re=fr(c);function M(A){return Nt("num < 2^"+c,A,tt,re),l.toBytes(A)}function j(A,y){return le(A,void 0,"message"),y?le(n(A),void 0,"prehashed message"):A}function G(A,y,x){let{lowS:_,prehash:L,extraEntropy:P}=ts(x,T);A=j(A,L);let F=Y(A),z=l.fromBytes(y);if(!l.isValidNot0(z))throw new Error("invalid private key");let W=[M(z),M(F)];if(P!=null&&P!==!1){let ye=P===!0?s(B.secretKey):P;W.push(le(ye,void 0,"extraEntropy"))}let ie=Ne(...W),ee=F;function ve(ye){let Se=se(ye);if(!l.isValidNot0(Se))return;let Ce=r.BASE.multiply(Se).toAffine(),we=l.create(Ce.x);if(we===tt)return;let xe;if(h!==void 0){let Yt=ze(Yo(h(u),d)),Ad=l.inv(l.mul(Yt,Se)),Bd=l.mul(Yt,ee),Od=l.mul(Yt,z);xe=l.create(Ad*l.create(Bd+Od*we))}else{let Yt=ua(Se,d);xe=l.create(Yt*l.create(ee+we*z))}if(xe===tt)return;let go=Q(Ce.x,Ce.y,we),Hs=xe;return _&&E(xe)&&(Hs=l.neg(xe),go^=1),new q(we,Hs,b?void 0:go)}return{seed:ie,k2sig:ve}}function U(A,y,x={}){let{seed:_,k2sig:L}=G(A,y,x);return na(n.outputLen,l.BYTES,i)(_,L).toBytes(x.format)}function ce(A,y,x,_={}){let{lowS:L,prehash:P,format:F}=ts(_,T);if(x=le(x,void 0,"publicKey"),y=j(y,P),!dt(A)){let z=A instanceof q?", use sig.toBytes()":"";throw new Error("verify expects Uint8Array signature"+z)}H(A,F);try{let z=q.fromBytes(A,F),W=r.fromBytes(x);if(W.is0()||L&&z.hasHighS())return!1;let{r:ie,s:ee}=z,ve=Y(y),ye=l.inv(ee),Se=l.create(ve*ye),Ce=l.create(ie*ye),we=r.BASE.mulAddUnsafe(Se,W,Ce);if(we.is0())return!1;let xe=we.toAffine();return!(l.create(xe.x)!==ie||F==="recovered"&&z.recovery!==Q(xe.x,xe.y,ie))}catch{return!1}}function pe(A,y,x={}){let{prehash:_}=ts(x,T);return y=j(y,_),q.fromBytes(A,"recovered").recoverPublicKey(y).toBytes()}return Object.freeze({keygen:p,getPublicKey:m,getSharedSecret:w,utils:$,lengths:B,Point:r,sign:U,verify:ce,recoverPublicKey:pe,Signature:q,hash:n})}var Jc={p:BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),n:BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),h:BigInt(1),a:BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),b:BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),Gx:BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),Gy:BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")};var Qc=Ea(Jc),Ra=Ta(Qc,Je);var Bt=32,eu=Uint8Array.of(0),tu=Uint8Array.of(1);function We(r){if(r.length!==Bt)throw new S("format",`a hash has ${Bt} bytes, not ${r.length}`);return r}function Re(r){return Je(r)}function ss(r){return $e(eu,r)}function Nn(r){return Re(ss(r))}function os(r,e){return $e(tu,r,e)}function Aa(r,e){return Re(os(r,e))}var ru=Re(new Uint8Array),mr=class mr{constructor(e,t){this.size=e;this.peaks=t;if(!Number.isSafeInteger(e)||e<0||t.length!==nu(e))throw new S("format",`a tree of ${e} entries does not have ${t.length} complete subtrees`)}append(e){let t=[...this.peaks],n=this.size;for(let o of e){let s=o;for(let i=n;i%2===1;i=Math.floor(i/2)){let a=t.pop();if(a===void 0)throw new Error("bad math in Frontier.append");s=Aa(a,s)}t.push(s),n+=1}return new mr(n,t)}root(){return this.peaks.length===0?ru:this.peaks.reduceRight((e,t)=>Aa(t,e))}};mr.EMPTY=new mr(0,[]);var It=mr;function Ba(r,e,t){let n=[],[o,s]=[e,r-1];for(let i of t){if(s===0)return null;if(o%2===1||o===s)for(n.push(a=>os(i,a));o%2===0&&o>0;s=Math.floor(s/2))o=o/2;else n.push(a=>os(a,i));[o,s]=[Math.floor(o/2),Math.floor(s/2)]}return s===0?n:null}function Oa(r,e){return e.reduce((t,n)=>Re(n(t)),r)}function nu(r){let e=0;for(let t=r;t>0;t=Math.floor(t/2))e+=t%2;return e}var Fn=BigInt(0),Un=BigInt(1),Dn=BigInt(2),ou=BigInt(4),Ma=BigInt(8);function su(r,e,t,n){let o=r.sqr(t),s=r.sqr(n),i=r.add(r.mul(e.a,o),s),a=r.add(r.ONE,r.mul(e.d,r.mul(o,s)));return r.eql(i,a)}function Ca(r,e={}){Oe(e,{},{},"extraOpts");let t=e,n=Mn("edwards",r,t,t.FpFnLE),{Fp:o,Fn:s}=n,i=n.CURVE,{h:a}=i;if(hr(o,i.a)!==1)throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");if(hr(o,i.d)!==-1)throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");Oe(t,{},{uvRatio:"function",randomBytes:"function"});let l=t.randomBytes===void 0?Tt:t.randomBytes,d=Dn<<BigInt(o.BYTES*8)-Un;function c(T){if(!o.isOdd)throw new Error("Field does not have .isOdd()");return o.isOdd(T)}let u=t.uvRatio===void 0?(T,b)=>{try{return{isValid:!0,value:o.sqrt(o.div(T,b))}}catch{return{isValid:!1,value:Fn}}}:t.uvRatio;if(!su(o,i,i.Gx,i.Gy))throw new Error("bad curve params: generator point");let h=o.eql(i.a,o.neg(o.ONE))?T=>o.neg(T):o.eql(i.a,o.ONE)?T=>T:T=>o.mul(i.a,T);function p(T,b,E=!1){let O=E?Un:Fn;return Nt("coordinate "+T,b,O,d),b}function m(T){if(!(T instanceof w))throw new Error("EdwardsPoint expected")}class w{static BASE=new w(i.Gx,i.Gy,o.ONE,o.mul(i.Gx,i.Gy));static ZERO=new w(o.ZERO,o.ONE,o.ONE,o.ZERO);static Fp=o;static Fn=s;X;Y;Z;T;constructor(b,E,O,N){this.X=p("x",b),this.Y=p("y",E),this.Z=p("z",O,!0),this.T=p("t",N),Object.freeze(this)}static CURVE(){return i}static fromAffine(b){if(b instanceof w)throw new Error("extended point not allowed");let{x:E,y:O}=b||{};return p("x",E),p("y",O),new w(E,O,o.ONE,o.mul(E,O))}static fromBytes(b,E=!1){let O=o.BYTES,{a:N,d:Q}=i;b=ur(le(b,O,"point")),Be(E,"zip215");let X=ur(b),H=b[O-1];X[O-1]=H&-129;let q=Rt(X),se=E?d:o.ORDER;Nt("point.y",q,Fn,se);let Y=o.sqr(q),re=o.sub(Y,o.ONE),M=o.sub(o.mulN(Q,Y),N),{isValid:j,value:G}=u(re,M);if(!j)throw new Error("bad point: invalid y coordinate");let U=c(G),ce=(H&128)!==0;if(!E&&o.is0(G)&&ce)throw new Error("bad point: x=0 and x_0=1");return ce!==U&&(G=o.neg(G)),w.fromAffine({x:G,y:q})}static fromHex(b,E=!1){return w.fromBytes(Pt(b),E)}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(b=6,E=!0){return B.setWindowSize(this,b),E||this.multiply(Dn),this}assertValidity(){let b=this,{a:E,d:O}=i;if(b.is0())throw new Error("bad point: ZERO");let{X:N,Y:Q,Z:X,T:H}=b,q=o.sqr(N),se=o.sqr(Q),Y=o.sqr(X),re=o.sqr(Y),M=o.mul(q,E),j=o.mul(o.add(M,se),Y),G=o.add(re,o.mul(O,o.mul(q,se)));if(!o.eql(j,G))throw new Error("bad point: equation left != right (1)");let U=o.mul(N,Q),ce=o.mul(X,H);if(!o.eql(U,ce))throw new Error("bad point: equation left != right (2)")}equals(b){m(b);let{X:E,Y:O,Z:N}=this,{X:Q,Y:X,Z:H}=b,q=o.mul(E,H),se=o.mul(Q,N),Y=o.mul(O,H),re=o.mul(X,N);return o.eql(q,se)&&o.eql(Y,re)}is0(){return this.equals(w.ZERO)}negate(){return new w(o.neg(this.X),this.Y,this.Z,o.neg(this.T))}double(){let{X:b,Y:E,Z:O}=this,N=o.sqr(b),Q=o.sqr(E),X=o.mul(o.sqr(O),Dn),H=h(N),q=o.addN(b,E),se=o.sub(o.subN(o.sqr(q),N),Q),Y=o.addN(H,Q),re=o.subN(Y,X),M=o.subN(H,Q),j=o.mul(se,re),G=o.mul(Y,M),U=o.mul(se,M),ce=o.mul(re,Y);return new w(j,G,ce,U)}add(b){m(b);let{d:E}=i,{X:O,Y:N,Z:Q,T:X}=this,{X:H,Y:q,Z:se,T:Y}=b,re=o.mul(O,H),M=o.mul(N,q),j=o.mul(o.mulN(X,E),Y),G=o.mul(Q,se),U=o.sub(o.subN(o.mulN(o.addN(O,N),o.addN(H,q)),re),M),ce=o.subN(G,j),pe=o.addN(G,j),A=o.sub(M,h(re)),y=o.mul(U,ce),x=o.mul(pe,A),_=o.mul(U,A),L=o.mul(ce,pe);return new w(y,x,L,_)}subtract(b){return m(b),this.add(b.negate())}multiply(b){if(!s.isValidNot0(b))throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");let{p:E,f:O}=B.mulSecret(this,b,a,$);return $([E,O])[0]}multiplyUnsafe(b){if(!s.isValid(b))throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");return b===Fn?w.ZERO:this.is0()||b===Un?this:B.mulUnsafe(this,b,$)}isSmallOrder(){return this.clearCofactor().is0()}isTorsionFree(){return B.mulUnsafe(this,i.n).is0()}toAffine(b){let E=this,O=b;if(O!=null&&typeof O!="bigint")throw new TypeError('"invertedZ" expected bigint, got type='+typeof O);let{X:N,Y:Q,Z:X}=E,H=E.is0();O==null&&(O=H?o.create(Ma):o.inv(X));let q=o.mul(N,O),se=o.mul(Q,O),Y=o.mul(X,O);if(H)return{x:o.ZERO,y:o.ONE};if(!o.eql(Y,o.ONE))throw new Error("invZ was invalid");return{x:q,y:se}}clearCofactor(){return a===Un?this:a===Dn?this.double():a===ou?this.double().double():a===Ma?this.double().double().double():this.multiplyUnsafe(a)}toBytes(){let{x:b,y:E}=this.toAffine(),O=o.toBytes(E);return O[O.length-1]|=c(b)?128:0,O}toHex(){return dr(this.toBytes())}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let $=T=>Bn(w,T),B=new Dt(w,l);return B.bits>=6&&w.BASE.precompute(6),Object.freeze(w.prototype),Object.freeze(w),w}function La(r,e,t={}){if(ut(r),typeof e!="function")throw new Error('"hash" function param is required');let n=e,o=t;Oe(o,{},{adjustScalarBytes:"function",randomBytes:"function",domain:"function",prehash:"function",zip215:"boolean",mapToCurve:"function",toMontgomery:"function",toMontgomerySecret:"function"});let{prehash:s}=o,{BASE:i,Fp:a,Fn:l}=r,d=n.outputLen,c=2*a.BYTES;if(d!==void 0&&(Qe(d,"hash.outputLen"),d!==c))throw new Error(`hash.outputLen must be ${c}, got ${d}`);let u=o.randomBytes===void 0?Tt:o.randomBytes,h=o.toMontgomery,p=o.toMontgomerySecret,m=o.adjustScalarBytes===void 0?M=>M:o.adjustScalarBytes,w=o.domain===void 0?(M,j,G)=>{if(Be(G,"phflag"),j.length||G)throw new Error("Contexts/pre-hash are not supported");return M}:o.domain;function $(M){return l.create(Rt(M))}function B(M){let j=H.secretKey;le(M,H.secretKey,"secretKey");let G=le(n(M),2*j,"hashedSecretKey"),U=m(G.slice(0,j)),ce=G.slice(j,2*j),pe=$(U);return{head:U,prefix:ce,scalar:pe}}function T(M){let{head:j,prefix:G,scalar:U}=B(M),ce=i.multiply(U),pe=ce.toBytes();return{head:j,prefix:G,scalar:U,point:ce,pointBytes:pe}}function b(M){return T(M).pointBytes}function E(M=Uint8Array.of(),...j){let G=Ne(...j);return $(n(w(G,le(M,void 0,"context"),!!s)))}function O(M,j,G={}){Oe(G,{},{},"options"),M=ur(le(M,void 0,"message")),s&&(M=s(M));let{prefix:U,scalar:ce,pointBytes:pe}=T(j),A=E(G.context,U,M),y=i.multiply(A).toBytes(),x=E(G.context,y,pe,M),_=l.create(A+x*ce);if(!l.isValid(_))throw new Error("sign failed: invalid s");let L=Ne(y,l.toBytes(_));return le(L,H.signature,"result")}let N={zip215:o.zip215};function Q(M,j,G,U=N){Oe(U);let{context:ce}=U,pe=U.zip215===void 0?!!N.zip215:U.zip215,A=H.signature;M=le(M,A,"signature"),j=le(j,void 0,"message"),G=le(G,H.publicKey,"publicKey"),pe!==void 0&&Be(pe,"zip215"),s&&(j=s(j));let y=A/2,x=M.subarray(0,y),_=Rt(M.subarray(y,A)),L,P,F;try{L=r.fromBytes(G,pe),P=r.fromBytes(x,pe),F=i.multiplyUnsafe(_)}catch{return!1}if(!pe&&L.isSmallOrder())return!1;let z=E(ce,x,G,j);return P.add(L.multiplyUnsafe(z)).subtract(F).clearCofactor().is0()}let X=a.BYTES,H={secretKey:X,publicKey:X,signature:2*X,seed:X};function q(M){return M=M===void 0?u(H.seed):M,le(M,H.seed,"seed")}function se(M){return dt(M)&&M.length===H.secretKey}function Y(M,j){try{return!!r.fromBytes(M,j===void 0?N.zip215:j)}catch{return!1}}let re={getExtendedPublicKey:T,randomSecretKey:q,isValidSecretKey:se,isValidPublicKey:Y,toMontgomery(M){if(h===void 0)throw new Error("Montgomery conversion is not supported for this curve");return h(r.fromBytes(M))},toMontgomerySecret(M){if(p===void 0)throw new Error("Montgomery conversion is not supported for this curve");return p(M)}};return Object.freeze(H),Object.freeze(re),Object.freeze({keygen:Cn(q,b),getPublicKey:b,sign:O,verify:Q,utils:re,Point:r,lengths:H})}var is=BigInt(1),Pa=BigInt(2);var iu=BigInt(5),au=BigInt(8),as=BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),lu={p:as,n:BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),h:au,a:BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),d:BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),Gx:BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),Gy:BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")};function du(r){let e=BigInt(10),t=BigInt(20),n=BigInt(40),o=BigInt(80),s=as,a=r*r%s*r%s,l=Ie(a,Pa,s)*a%s,d=Ie(l,is,s)*r%s,c=Ie(d,iu,s)*d%s,u=Ie(c,e,s)*c%s,h=Ie(u,t,s)*u%s,p=Ie(h,n,s)*h%s,m=Ie(p,o,s)*p%s,w=Ie(m,o,s)*p%s,$=Ie(w,e,s)*c%s;return{pow_p_5_8:Ie($,Pa,s)*r%s,b2:a}}function Ua(r){return r[0]&=248,r[31]&=127,r[31]|=64,r}var Na=BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");function cu(r,e){let t=as,n=be(e*e*e,t),o=be(n*n*e,t),s=du(r*o).pow_p_5_8,i=be(r*n*s,t),a=be(e*i*i,t),l=i,d=be(i*Na,t),c=a===r,u=a===be(-r,t),h=a===be(-r*Na,t);return c&&(i=l),(u||h)&&(i=d),pa(i,t)&&(i=be(-i,t)),{isValid:c||u,value:i}}var ls=Ca(lu,{uvRatio:cu}),Fa=ls.Fp;function uu(r){let{y:e}=r;return Fa.toBytes(Fa.div(is+e,is-e))}function fu(r){let e=ls.Fp.BYTES;return Pe(r,e),Ua(xn(r.subarray(0,e))).subarray(0,e)}function hu(r){return La(ls,xn,Object.assign({adjustScalarBytes:Ua,toMontgomery:uu,toMontgomerySecret:fu,zip215:!0},r))}var Da=hu({});var pu=100,In=4,Hn=1,gr=4,qn=6,mu=new Map([[Hn,32],[gr,32],[qn,1312]]),gu=64,Ia="— ";function Ht(r){let e=zn(r);if(e.type!==Hn)throw new S("format","the log's key is not an Ed25519 key (type 1, 32 bytes)");return e}function zn(r){let[e,t,n,...o]=wu(r);if(e===void 0||t===void 0||n===void 0||o.length>0)throw new S("format","a key has the form name+keyid+base64");za(e);let s=Ue(n,`the key of ${e}`),[i=0]=s;if(mu.get(i)!==s.length-1)throw new S("format",`the key of ${e} is of type ${i} with ${s.length-1} bytes: of no known type`);let a=Je($e(new TextEncoder().encode(`${e}
`),s)).slice(0,In);if(ue(a)!==t)throw new S("format",`the key of ${e} has the id ${ue(a)}, but says ${t}`);return{name:e,type:i,keyId:a,publicKey:s.slice(1)}}function qt(r,e){let{text:t,signatures:n}=Wn(r,e);for(let o of n)if(!wr(o,t,e.publicKey))throw new S("signature",`the signature of ${e.name} over this head is wrong`);return ds(t,e)}function Wn(r,e){let{text:t,lines:n}=yr(r),o=n.filter(s=>cs(s,e)).map(({signature:s})=>s);if(o.length===0)throw new S("signature",`the log's key ${e.name} has not signed this head`);return{text:t,signatures:o}}function ds(r,e){let t=yu(r);if(t.origin!==e.name)throw new S("origin",`the head is of the log ${t.origin}, not of ${e.name}`);return t}function cs(r,e){return r.name===e.name&&_e(r.keyId,e.keyId)}function yr(r){let e=Ot(r,"the head"),t=e.lastIndexOf(`

`);if(t<0||!e.endsWith(`
`)||t+2===e.length)throw new S("format","a signed note is a text, an empty line, and lines of signatures");let n=e.slice(0,t+1);if(/[\u0000-\u0009\u000b-\u001f]/.test(n))throw new S("format","the head has control characters");let o=e.slice(t+2,-1).split(`
`);if(o.length>pu)throw new S("format",`a head with ${o.length} signatures`);return{text:new TextEncoder().encode(n),lines:o.map(qa)}}function Ha(r){let[e,...t]=Ot(r,"the list of signatures").split(`
`).reverse();if(e!=="")throw new S("format","the last line of signatures does not end");return t.reverse().map(qa)}function qa(r){let e=r.startsWith(Ia)?r.slice(Ia.length).split(" "):[],[t,n]=e;if(t===void 0||n===void 0||e.length!==2)throw new S("format","a signature line has the form '— name base64'");za(t);let o=Ue(n,`the signature of ${t}`);if(o.length<=In)throw new S("format",`the signature of ${t} is empty`);return{name:t,keyId:o.slice(0,In),signature:o.slice(In)}}function yu(r){let[e,t,n,o,...s]=Ot(r,"the checkpoint").split(`
`);if(!e||t===void 0||n===void 0||o!==""||s.length>0)throw new S("format","a checkpoint has three lines: origin, size and root");return{origin:e,size:hn(t,"the checkpoint's size"),root:We(Ue(n,"the checkpoint's root"))}}function wr(r,e,t){return r.length!==gu?!1:Da.verify(r,e,t,{zip215:!1})}function wu(r){let e=r.indexOf("+"),t=r.indexOf("+",e+1);return e<0||t<0?[]:[r.slice(0,e),r.slice(e+1,t),r.slice(t+1)]}function za(r){if(r===""||/[\s+\p{White_Space}]/u.test(r))throw new S("format",`a key's name has no spaces and no plus sign, unlike ${JSON.stringify(r)}`)}function Ot(r,e){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(r)}catch{throw new S("format",`${e} is not UTF-8`)}}var bu=8,vu=16,us=new TextEncoder().encode("local-vpp device\0"),xu=4,$u=new Map([[-8,"ed25519"],[-19,"ed25519"],[-7,"es256"],[-9,"es256"]]),ku={ed25519:39,es256:38},Eu={ed25519:32,es256:65};function fs(r){let e=$u.get(r);if(e===void 0)throw new te("field",`the algorithm ${String(r)} is none of records`);return e}function Vn(r,e){let t=fs(r);if(e.length!==Eu[t])throw new te("field",`a key of ${e.length} bytes`);return{algorithm:t,data:e}}function zt({data:r}){return ue(Re(r).slice(0,bu))}function Wa({data:r}){let e=new Uint8Array(us.length+r.length);return e.set(us),e.set(r,us.length),ue(Re(e).slice(0,vu))}function Va({algorithm:r,data:e},t){let n=Uint8Array.of(ku[r]);return Re(sr(xt("local-vpp next key"),xt(t),n,Ze(e)))}function hs({algorithm:r,data:e},t,n){if(r==="ed25519")return wr(t,n,e);if(e[0]!==xu||t.length!==64)return!1;try{return Ra.verify(t,n,e,{lowS:!0,prehash:!0})}catch{return!1}}var Su=4096,_u="application/vnd.local-vpp.etp+cbor",Tu=1,Kn=32,ps=16,Ru=8,Ka=64,Au=168,ja=9,Bu=11,Ou=["begin","interval","end","tariff_change","exception","gap","enrol","rotate","revoke","raw","transfer","witness","mirror","settled","suspend","reinstate","erased","supply","drill","orders","book","cleared","proposal","correction","payment"],Mu=1+Ze(new Uint8Array(Kn)).length,Cu=["enrol","rotate","witness","mirror"],Lu=["revoke","suspend","reinstate","erased"];function Ga(r){return Za(r).payload[0]!==Au}function jn(r){let e=Za(r),{algorithm:t,keyId:n,issuer:o,subject:s}=Nu(e.protectedHeader),i=new nt($t(e.payload,"the envelope's payload"),"the envelope");i.exactly(0,"version",Tu);let a=ue(i.bytes(1,"device",ps));i.unsigned(2,"epoch");let l=i.unsigned(3,"seq");i.bytes(4,"prev",Kn);let d=Ou[i.unsigned(5,"kind")],c=i.unsigned(6,"slot"),u=i.bytes(7,"commitment",Kn),h=i.optional(8,$=>Fu(i.list($,"enrolled key"))),p=i.optional(ja,$=>i.bytes($,"proof of possession",Ka)),m=i.optional(10,$=>i.bytes($,"device concerned",ps)),w=i.optional(Bu,$=>i.bytes($,"next key",Kn));if(i.end(),d===void 0)throw new te("field","the envelope is of a kind that this page does not know");if(l<1)throw new te("field","the envelope: seq is 0, the first record has 1");if(o!==`urn:local-vpp:device:${a}`)throw new te("field",`the envelope names the issuer ${o}, but the device ${a}`);if(h!==null!==Cu.includes(d)||p!==null!=(d==="rotate")||m!==null!==Lu.includes(d)||!(d==="rotate"||w!==null==(d==="enrol"&&h?.device===a)))throw new te("field",`the envelope: a ${d} record has other fields than these`);return{device:a,building:s,seq:l,kind:d,slot:c,commitment:u,algorithm:t,keyId:n,named:h,possession:p,nextKey:w,parts:e}}function vr({algorithm:r,keyId:e,parts:t},n){return r!==n.algorithm||e!==zt(n)?!1:hs(n,t.signature,ms(t))}function ms({protectedHeader:r,payload:e}){return sr(xt("Signature1"),Ze(r),Ze(new Uint8Array),Ze(e))}function Ya({building:r,named:e,possession:t,nextKey:n,parts:o}){if(e===null||t===null)return!1;let s=sr(xt("local-vpp rotate"),xt(r),Ze(Pu(o.payload,n===null?0:Mu)));return hs(e.key,t,s)}function Pu(r,e){let t=$e(Uint8Array.of(ja),Ze(new Uint8Array(Ka))),n=r.length-e;return $e(Uint8Array.of((r[0]??0)-1),r.slice(1,n-t.length),r.slice(n,r.length))}function Za(r){if(r.length>Su)throw new te("encoding",`the envelope has ${r.length} bytes`);if(r[0]!==210||r[1]!==132)throw new te("encoding","the envelope is not a tagged COSE_Sign1");let[e,t,n,o]=$t(r.slice(1),"the envelope");if(!br(e)||!(t instanceof Map)||!br(n)||!br(o))throw new te("field","the envelope is not a COSE_Sign1 of four parts");if(t.size>0)throw new te("field","the envelope has headers that nobody signed");return{protectedHeader:e,payload:n,signature:o}}function Nu(r){let e=new nt($t(r,"the protected header"),"the protected header"),t=fs(e.integer(1,"algorithm")),n=new nt(e.map(15,"claims"),"the claims"),o=e.text(3,"content type"),s=ue(e.bytes(4,"key id",Ru));e.end();let[i,a]=[n.text(1,"issuer",200),n.text(2,"subject",200)];if(n.end(),o!==_u)throw new te("field",`the content type is ${o}`);return{algorithm:t,keyId:s,issuer:i,subject:a}}function Fu([r,e,t,...n]){if(!br(r)||r.length!==ps||e===void 0||!br(t)||n.length)throw new te("field","the envelope: a named key is [device, algorithm, public key]");return{device:ue(r),key:Vn(e,t)}}function br(r){return r instanceof Uint8Array}var Uu={ed25519:-8,es256:-7},Gn=class r{constructor(e,t,n,o,s){this.origin=e;this.entries=t;this.building=n;this.nextKey=o;this.lines=s}static begin(e,t=null){if(t===null)return new r(e,0,null,null,new Map);try{let{entries:n,building:o,nextKey:s,lines:i}=JSON.parse(t);if(!Number.isSafeInteger(n))throw new TypeError("no number of entries");if(typeof s=="string"!=(typeof o=="string"))throw new TypeError("no next key");return new r(e,n,o,s,new Map(i.map(Du)))}catch(n){throw Iu(n)?new S("format",`what was kept of the log's keys is not readable: ${n.message}`):n}}get size(){return this.entries}keyAt(e,t){return this.lines.get(e)?.keys.findLast(({from:n})=>n<=t)?.key??null}witness(e){return this.lines.get(e)?.witness?.data??null}take(e,t){if(e<this.entries)return;if(e>this.entries)throw new Error(`bad math in take: entry ${e} after ${this.entries}`);this.entries=e+1;let n=Hu(t);n!==null&&this.enter(e,n)}copy(){return new r(this.origin,this.entries,this.building,this.nextKey,new Map(this.lines))}encode(){let e={entries:this.entries,building:this.building,nextKey:this.nextKey,lines:[...this.lines].map(([t,{keys:n,witness:o}])=>[t,n.map(({from:s,key:i})=>[s,Xa(i)]),o&&Xa(o)])};return JSON.stringify(e)}enter(e,t){let{device:n,kind:o,named:s,building:i,nextKey:a}=t;if(s===null||i!==this.origin||!this.isSigned(e,t))return;let l=e+1,d=this.lines.get(s.device);if(o==="enrol"){if(d!==void 0||n!==(this.building??s.device))return;this.building===null&&(this.building=n,this.nextKey=a&&ue(a)),this.lines.set(s.device,{keys:[{from:l,key:s.key}],witness:null})}else if(d!==void 0&&n===s.device){if(o==="witness")this.lines.set(n,{...d,witness:s.key});else if(o==="rotate"&&Ya(t)){if(a!==null!=(n===this.building))return;if(a!==null){if(ue(Va(s.key,this.origin))!==this.nextKey)return;this.nextKey=ue(a)}this.lines.set(n,{...d,keys:[...d.keys,{from:l,key:s.key}]})}}}isSigned(e,t){let{device:n,named:o}=t;if(this.building!==null){let s=this.keyAt(n,e);return s!==null&&vr(t,s)}return o!==null&&o.device===n&&Wa(o.key)===n&&vr(t,o.key)}};function Xa({algorithm:r,data:e}){return[Uu[r],He(e)]}function Du([r,e,t]){let n=([o,s])=>Vn(o,Ue(s,"a key that was kept"));return[r,{keys:e.map(([o,s])=>({from:o,key:n(s)})),witness:t&&n(t)}]}function Iu(r){return[SyntaxError,TypeError,S,te].some(e=>r instanceof e)}function Hu(r){try{return Ga(r)?jn(r):null}catch(e){if(!(e instanceof te))throw e;return null}}var Fe=256;function*qu(r,e){for(let t=r;t<e;t+=Fe)yield{index:t/Fe,width:Math.min(Fe,e-t)}}function zu(r,e){return`tile/${r}/${el(e)}`}function Wu(r){return`tile/entries/${el(r)}`}function Vu(r,e,t){if(r.length!==e*Bt)throw new S("format",`${t} has ${r.length} bytes, not ${e*Bt}`);return Array.from({length:e},(n,o)=>We(r.slice(o*Bt,(o+1)*Bt)))}function Ku(r,e,t){let n=new DataView(r.buffer,r.byteOffset,r.byteLength),o=[],s=0;for(let i=0;i<e;i+=1){let a=s+2;if(a>r.length||a+n.getUint16(s)>r.length)throw new S("format",`${t} ends inside its entry ${i} of ${e}`);s=a+n.getUint16(s),o.push(r.slice(a,s))}if(s!==r.length)throw new S("format",`${t} has ${r.length-s} bytes after its entries`);return o}var ju=4;async function*Ja(r,e,t){let n=[];for(let o of qu(e,t)){let s=Promise.all([Gu(r,o),Yu(r,0,o)]).then(([i,a])=>({span:o,entries:i,tile:a}));s.catch(()=>{}),n.push(s),n.length>ju&&(yield await n.shift())}for(let o of n)yield await o}async function Gu(r,e){let{data:t,width:n,path:o}=await Qa(r,e,Wu);return Ku(t,n,o).slice(0,e.width)}async function Yu(r,e,t){let{data:n,width:o,path:s}=await Qa(r,t,i=>zu(e,i));return Vu(n,o,s).slice(0,t.width)}async function Qa(r,e,t){let n={index:e.index,width:Fe},o=e.width===Fe?[n]:[e,n];for(let s of o){let i=t(s);try{return{data:await r.read(i),width:s.width,path:i}}catch(a){if(!(a instanceof Ae))throw a}}throw new S("missing",`the log has signed for ${t(e)} and does not have it`)}function el({index:r,width:e}){let t=[String(r%1e3).padStart(3,"0")];for(let o=Math.floor(r/1e3);o>0;o=Math.floor(o/1e3))t.unshift(`x${String(o%1e3).padStart(3,"0")}`);let n=t.join("/");return e===Fe?n:`${n}.p/${e}`}var tl=1024,Yn=class{constructor(e,t,n,o=null){this.key=e;this.files=t;this.begin=n;this.known=o;this.names=new Map;this.readUpTo=null;this.readEntries=this.goOn()}get verified(){return this.known}get entries(){return this.readEntries}holds(e,t){let n=this.names.get(e);return n===void 0?null:n===t}forget(){this.known=null,this.readUpTo=null,this.names.clear(),this.readEntries=this.begin(null)}async check(e,t=!1,n=()=>{}){let o=qt(e,this.key),s=this.known;if(s!==null&&Ju(s,o),!t&&s!==null&&o.size===s.size&&this.readUpTo===s.size)return{checkpoint:o,hashed:0,continues:s.size};let i=t?It.EMPTY:s?.edges[0]??It.EMPTY,a=i.size===0?this.begin(null):this.readEntries.copy(),l=i.size===0?[]:[i],d=new Map,c=i;for await(let u of Ja(this.files,i.size,o.size)){let h=Zu(u);Xu(u,o.size-tl,d),u.entries.forEach((p,m)=>a.take(u.span.index*Fe+m,p)),s!==null&&Qu(c,h,s),c=c.append(h),u.span.width===Fe&&l.push(c),l.length>2&&l.shift(),n(c.size,o.size)}if(!_e(c.root(),o.root)){if(i.size>0)return this.check(e,!0,n);throw new S("root",`the ${o.size} entries make another root than the signed one`)}return this.readEntries=a,this.known={size:o.size,root:o.root,edges:l,notes:a.encode()},this.readUpTo=o.size,this.remember(d,o.size),{checkpoint:o,hashed:o.size-i.size,continues:s?.size??null}}goOn(){let{known:e}=this;if(e===null)return this.begin(null);try{if(e.notes!==null)return this.begin(e.notes)}catch(t){if(!(t instanceof S))throw t;console.warn(t.message)}return this.known={...e,edges:[],notes:null},this.begin(null)}remember(e,t){for(let[n,o]of e)this.names.set(n,o);for(let n of this.names.keys())n<t-tl&&this.names.delete(n)}};function Zu({span:r,entries:e,tile:t}){return e.map((n,o)=>{let s=Nn(n),i=t[o];if(i===void 0||!_e(s,i)){let a=r.index*Fe+o;throw new S("entry",`entry ${a} is not the one whose hash stands in the tree`,a)}return s})}function Xu({span:r,entries:e},t,n){e.forEach((o,s)=>{let i=r.index*Fe+s;i>=t&&n.set(i,ue(Re(o)))})}function Ju(r,e){if(e.size<r.size)throw new S("shrunk",`the log has ${e.size} entries; it had ${r.size} when last verified`);if(e.size===r.size&&!_e(e.root,r.root))throw new S("fork",`the log has signed two different roots over ${e.size} entries`)}function Qu(r,e,t){let n=t.size-r.size;if(!(n<0||n>e.length)&&!_e(r.append(e.slice(0,n)).root(),t.root))throw new S("fork",`the first ${t.size} entries are not those that were verified before`)}function rl({logKey:r,verified:{size:e,root:t,edges:n,notes:o}}){return JSON.stringify({logKey:r,size:e,root:He(t),edges:n.map(s=>({size:s.size,peaks:s.peaks.map(He)})),notes:o})}function nl(r){let{logKey:e,size:t,root:n,edges:o,notes:s=null}=tf(r);if(typeof e!="string"||typeof t!="number"||!Number.isSafeInteger(t)||!Array.isArray(o)||o.length>2||s!==null&&typeof s!="string")throw new S("format","what was kept of the log is not readable");return{logKey:e,verified:{size:t,root:ol(n),edges:o.map(i=>ef(i,t)),notes:s}}}function ef(r,e){let{size:t,peaks:n}=r??{};if(typeof t!="number"||t>e||t%Fe!==0||!Array.isArray(n))throw new S("format","what was kept of the log's edge is not readable");return new It(t,n.map(ol))}function ol(r){if(typeof r!="string")throw new S("format","what was kept of the log is not readable");return We(Ue(r,"a hash that was kept"))}function tf(r){let e;try{e=JSON.parse(r)}catch{throw new S("format","what was kept of the log is not JSON")}if(typeof e!="object"||e===null)throw new S("format","what was kept of the log is no object");return e}var rf=250,gs={status:{kind:"waiting"},head:null,failures:0,lastFailure:null},Zn=class{constructor(e,t,n,o,s,i){this.logKey=e;this.files=t;this.keeper=o;this.view=s;this.show=i;this.next=null;this.running=!1;let a=nf(o);this.rememberedKey=a?.logKey??null,this.strangeKey=a!==null&&a.logKey!==e,this.verifier=new Yn(Ht(e),t,n,a===null||this.strangeKey?null:a.verified)}get trustedKey(){return this.strangeKey?this.rememberedKey??this.logKey:this.logKey}get entries(){return this.verifier.entries}holds(e,t){return this.verifier.holds(e,t)}async refresh(e=!1){try{this.follow({note:await this.files.read("checkpoint"),size:null,root:null},e)}catch(t){this.fail(t)}}async forget(){this.verifier.forget(),this.strangeKey=!1,await this.refresh(!0)}follow(e,t=!1){this.next={head:e,all:t||(this.next?.all??!1)},this.running||this.run()}async run(){for(this.running=!0;this.next!==null;){let{head:e,all:t}=this.next;this.next=null;try{await this.check(e,t)}catch(n){this.fail(n)}}this.running=!1}async check(e,t){if(this.update({head:of(e.note)}),this.strangeKey)throw new S("key",`the building names the key ${this.logKey}`);let n=performance.now(),{status:o}=this.view,s=o.kind==="verified"?n:-1/0,i=await this.checkOrAskAgain(e,t,(m,w)=>{performance.now()-s<rf||(s=performance.now(),this.update({status:{kind:"checking",done:m,size:w}}))}),{checkpoint:a,hashed:l,continues:d}=i,{size:c,root:u}=e;if(c!==null&&c!==a.size||u!==null&&u!==He(a.root))throw new S("root","the head that was announced is not the one that is signed");if(o.kind==="verified"&&o.size===a.size&&l===0&&a.size>0)return;let h=performance.now()-n;this.update({status:{kind:"verified",size:a.size,hashed:l,milliseconds:h,continues:d}});let{verified:p}=this.verifier;p!==null&&this.keeper.save(rl({logKey:this.logKey,verified:p}))}async checkOrAskAgain(e,t,n){try{return await this.verifier.check(e.note,t,n)}catch(o){if(!(o instanceof S)||o.code!=="shrunk")throw o;return await this.verifier.check(await this.files.read("checkpoint"),t,n)}}fail(e){if(e instanceof me){this.view.status.kind!=="failed"&&this.update({status:{kind:"unreachable",detail:e.message}});return}let t=e instanceof S?e:new S("missing",String(e));this.update({status:{kind:"failed",code:t.code,index:t.index,detail:t.message},failures:this.view.failures+1,lastFailure:Date.now()})}update(e){this.view={...this.view,...e},this.show(this.view)}};function nf(r){let e=r.load();if(e===null)return null;try{return nl(e)}catch(t){if(!(t instanceof S))throw t;return console.warn(t.message),null}}function of(r){let[e="",t="",n=""]=new TextDecoder().decode(r).split(`
`);return{origin:e.slice(0,200),size:t.slice(0,20),root:n.slice(0,44)}}var sl=8,sf=64;function af(r,e,t){if(r.length!==sl+sf)return null;let n=new DataView(r.buffer,r.byteOffset).getBigUint64(0);if(n>BigInt(Number.MAX_SAFE_INTEGER))return null;let o=$e(new TextEncoder().encode(`cosignature/v1
time ${n}
`),e);return wr(r.slice(sl),o,t.publicKey)?Number(n):null}function Xn(r,e,t){let n=new Map,[o,s]=[new Set,new Set];for(let{name:i,key:a}of t.witnesses)for(let{signature:l}of e.filter(d=>cs(d,a))){if(a.type!==gr){s.add(i);continue}let d=af(l,r,a);d===null?o.add(i):n.has(i)||n.set(i,d)}return{times:n,wrong:[...o],unread:[...s]}}var bs="flats",ys="none",Wt=class r{constructor(e,t,n,o){this.logs=e;this.witnesses=t;this.groups=n;this.quorum=o}static parse(e){let[t,...n]=Ot(e,"the policy").split(`
`).reverse();if(t!=="")throw new S("format","the last line of the policy does not end");let o=new ws;if(n.reverse().forEach((s,i)=>{try{o.read(s)}catch(a){throw a instanceof S?new S("format",`line ${i+1} of the policy: ${a.message}`):a}}),o.quorum===null)throw new S("format","the policy has no line 'quorum'");return new r(o.logs,o.witnesses,o.groups,o.quorum)}get asksForNobody(){return this.quorum===ys}isMet(e){return this.asksForNobody||this.counting(e).has(this.quorum)}metAt(e){let t=new Set;for(let[n,o]of[...e].sort(([,s],[,i])=>s-i))if(t.add(n),this.isMet(t))return o;return null}tally(e){let t=new Set(this.witnesses.map(({name:o})=>o));return this.groups.filter(({members:o})=>o.every(s=>t.has(s))).map(({name:o,threshold:s,members:i})=>({group:o,signed:i.filter(a=>e.has(a)).length,members:i.length,needed:s}))}counting(e){let t=new Set(this.witnesses.map(({name:n})=>n).filter(n=>e.has(n)));for(let{name:n,threshold:o,members:s}of this.groups)s.filter(i=>t.has(i)).length>=o&&t.add(n);return t}},ws=class{constructor(){this.logs=[];this.witnesses=[];this.groups=[];this.quorum=null;this.names=new Map;this.keys=new Set}read(e){if(/[\u0000-\u0008\u000b-\u001f\u007f]/.test(e))throw new S("format","it has control characters");let t=e.split(/[ \t]+/).filter(s=>s!==""),[n,...o]=t;if(!(n===void 0||n.startsWith("#"))){if(n==="log"&&o.length>=1&&o.length<=2)return this.log(o);if(n==="witness"&&o.length>=2&&o.length<=3)return this.witness(o);if(n==="group"&&o.length>=3)return this.group(o);if(n==="quorum"&&o.length===1)return this.takeQuorum(o);throw new S("format",`${JSON.stringify(e.slice(0,60))} is not a line that a policy has`)}}log([e=""]){let t=zn(e);if(t.type!==Hn&&t.type!==qn)throw new S("format",`the log ${t.name} has a key of type ${t.type}, not one of a log`);this.addKey("log",t),this.logs.push(t)}witness([e="",t=""]){let n=zn(t);if(n.type!==gr&&n.type!==qn)throw new S("format",`the witness ${e} has a key of type ${n.type}, not one that cosigns`);this.define(e),this.addKey("witness",n),this.witnesses.push({name:e,key:n})}group([e="",t="",...n]){for(let s of n){let i=this.names.get(s);if(i===void 0)throw new S("format",`${s} is a member of ${e} and not defined above it`);if(i)throw new S("format",`${s} is a member twice`);this.names.set(s,!0)}this.define(e);let o=t==="all"?n.length:t==="any"?1:Number(t);if(!/^(all|any|[1-9][0-9]{0,5})$/.test(t)||o>n.length)throw new S("format",`the group ${e} asks for ${t} of its ${n.length} members`);this.groups.push({name:e,threshold:o,members:n})}takeQuorum([e=""]){if(this.quorum!==null)throw new S("format","there is a second quorum");if(e!==ys&&!this.names.has(e))throw new S("format",`the quorum ${e} is no witness and no group defined above it`);this.quorum=e}define(e){if(e===ys||this.names.has(e))throw new S("format",`the name ${e} is taken already`);this.names.set(e,!1)}addKey(e,{publicKey:t}){let n=`${e} ${He(t)}`;if(this.keys.has(n))throw new S("format","its key stands in the policy already");this.keys.add(n)}};function il(r){let e=ue(Re(new TextEncoder().encode(r))).slice(0,32);return e.match(/.{4}/g)?.join(" ")??e}function dl(r){if(r===null)return null;try{return Wt.parse(new TextEncoder().encode(r))}catch(e){if(!(e instanceof S))throw e;return console.warn(`the pinned policy is not readable: ${e.message}`),null}}function cl(r,e,t){let[n,o]=[al(r.policy),al(e.policy)],s=[...o.keys()].filter(a=>!n.has(a)),i=[...o].filter(([a,{key:l}])=>ll(n.get(a),l.publicKey)).map(([a])=>a);return{pinned:il(r.text),served:il(e.text),added:s,removed:[...n.keys()].filter(a=>!o.has(a)),rekeyed:i,unnamed:[...s,...i].filter(a=>ll(o.get(a),t(a)??new Uint8Array)),dropped:e.policy==="none"||e.policy.asksForNobody}}function al(r){return new Map(r==="none"?[]:r.witnesses.map(e=>[e.name,e]))}function ll(r,e){return r!==void 0&&!_e(r.key.publicKey,e)}var lf=1500,vs={status:{kind:"waiting"},quorum:null,change:null},Jn=class{constructor(e,t,n,o,s,i=lf){this.key=e;this.files=t;this.pin=n;this.named=o;this.show=s;this.pauseMs=i;this.view=vs;this.policyNow="unknown";this.running=null;this.again=!1;this.served=""}get policy(){return this.policyNow}get policyChanged(){return this.view.change!==null}async acceptPolicy(){this.pin.save(this.served),this.view={...this.view,quorum:null},await this.refresh()}refresh(){return this.again=!0,this.running??=this.run().finally(()=>{this.running=null}),this.running}async run(){for(;this.again;)this.again=!1,await this.readOnce(),this.again&&await new Promise(e=>setTimeout(e,this.pauseMs))}async readOnce(){try{let e=await this.readPolicy();this.policyNow=e,e==="none"||e.asksForNobody?this.update({status:{kind:"none"}}):await this.check(e)}catch(e){if(e instanceof me)this.update({status:{kind:"unreachable",detail:e.message}});else if(e instanceof S)this.update({status:{kind:"failed",detail:e.message}});else if(e instanceof Ae)this.update({status:{kind:"waiting"}});else throw e}}async readPolicy(){let e=await this.readIfThere("policy"),t=e===null?"none":Wt.parse(e);this.served=e===null?"":Ot(e,"the policy");let n=this.pin.load(),o=dl(n);if(n===null||o===null||o.asksForNobody)return t!=="none"&&!t.asksForNobody&&this.pin.save(this.served),this.update({change:null}),t;let i=n===this.served?null:cl({text:n,policy:o},{text:this.served,policy:t},this.named);return this.update({change:i}),o}async check(e){let t=await this.files.read("checkpoint"),{size:n}=qt(t,this.key),{text:o,lines:s}=yr(t),i=await this.readIfThere(`cosignatures/${n}`),a=i===null?s:[...s,...Ha(i)],{times:l,wrong:d,unread:c}=Xn(o,a,e),u=new Set(l.keys()),h=e.metAt(l),p=this.view.quorum;this.update({status:{kind:"checked",size:n,met:h!==null,tally:e.tally(u),wrong:d,unread:c},quorum:h===null||p!==null&&p.size>n?p:{size:n,ms:h*1e3}})}async readIfThere(e){try{return await this.files.read(e)}catch(t){if(t instanceof Ae)return null;throw t}}update(e){this.view={...this.view,...e},this.show(this.view)}};var ul=100,fl=48,df=3e4,cf=1e4,uf=48,ks={connection:{kind:"connecting"},building:null,state:null,stateAt:0,records:null,slots:null,log:gs,witnesses:vs,witnessed:null,mirrors:null,headMs:null,reader:null,market:null,unreadable:null},Qn=class{constructor(e){this.changed=e;this.snapshot=ks;this.watch=null;this.witnesses=null;this.files=new ln;this.keeper=new eo("local-vpp.log");this.pin=new eo("local-vpp.policy");this.stream=new fn("api/v1/live",{prepare:()=>this.prepare(),opened:()=>this.catchUp(),connection:t=>this.connected(t),state:t=>{this.update({state:t,stateAt:performance.now()}),t.log!==null&&this.hear(t.log,t.mirrors)},records:t=>this.update({records:xs(t,this.snapshot.records??[])}),head:t=>this.follow(t),slot:t=>this.update({slots:$s([t],this.snapshot.slots??[])}),unreadable:(t,n)=>this.complain(t,n),isFinal:t=>t instanceof ke})}start(){this.stream.open()}stop(){this.stream.close(),clearInterval(this.poll),clearInterval(this.marketPoll)}verifyAll(){this.watch?.refresh(!0)}forgetLog(){this.watch?.forget(),this.pin.forget();let e=this.snapshot.building?.log_key;e!==void 0&&(this.witnesses=this.watchWitnesses(e),this.witnesses.refresh())}acceptPolicy(){this.witnesses?.acceptPolicy()}holds(e){return this.watch?.holds(e.index,e.hash)??null}async known(){if(this.watch===null)return null;let[e,t]=[Ht(this.watch.trustedKey),this.watch];return await this.witnesses?.refresh(),{key:e,policy:this.witnesses?.policy??"unknown",policyChanged:this.witnesses?.policyChanged??!1,keys:t.entries,holds:(n,o)=>t.holds(n,o)}}ask(e,t){return di(e,t)}async prepare(){try{let e=await Le("api/v1/building",$i);this.watchLog(e),await this.watch?.refresh(),this.witnesses?.refresh();let{records:t,slots:n}=await this.fetchPast();this.update({records:xs(t,[]),slots:$s(n,[]),unreadable:null}),this.snapshot.reader===null&&this.admit({role:"manager",flat:null})}catch(e){throw e instanceof ke&&(this.restrict(),this.askWhoReads()),this.complainOf(e)}}async catchUp(){try{let{records:e,slots:t}=await this.fetchPast();this.update({records:xs(this.snapshot.records??[],e),slots:$s(this.snapshot.slots??[],t)})}catch(e){throw this.complainOf(e)}}async fetchPast(){let[e,t]=await Promise.all([Le(`api/v1/records?limit=${ul}`,un),Le(`api/v1/slots?limit=${fl}`,Ti)]);return{records:e,slots:t}}complainOf(e){return e instanceof ge&&this.complain("api/v1",e.message),e}watchLog(e){let t=this.snapshot.building?.log_key;if(this.update({building:e}),this.watch!==null&&t===e.log_key)return;let n=o=>this.update({log:o});try{let{name:o}=Ht(e.log_key),s=i=>Gn.begin(o,i);this.watch=new Zn(e.log_key,this.files,s,this.keeper,this.snapshot.log,n),this.witnesses=this.watchWitnesses(this.watch.trustedKey)}catch(o){if(!(o instanceof S))throw o;this.watch=null,this.witnesses=null,n({...gs,status:{kind:"failed",code:o.code,index:null,detail:o.message}})}}watchWitnesses(e){let t=s=>this.watch?.entries.witness(s)??null,n=s=>{(this.witnesses===null||this.witnesses===o)&&this.update({witnesses:s})},o=new Jn(Ht(e),this.files,this.pin,t,n);return o}restrict(){this.update({connection:{kind:"restricted"}}),clearInterval(this.poll),this.poll=setInterval(()=>{this.watch?.refresh(),this.witnesses?.refresh()},df)}async askWhoReads(){try{this.admit(await Le("api/v1/reader",bi))}catch(e){if(!(e instanceof ke||e instanceof me||e instanceof ge))throw e;this.complainOf(e)}}admit(e){this.update({reader:e}),clearInterval(this.marketPoll),this.marketPoll=setInterval(()=>{this.fetchMarket()},cf),this.fetchMarket()}async fetchMarket(){try{let e=await Le(`api/v1/market/slots?limit=${uf}`,gi);JSON.stringify(e)!==JSON.stringify(this.snapshot.market)&&this.update({market:e})}catch(e){if(!(e instanceof ke||e instanceof me||e instanceof ge))throw e;this.complainOf(e)}}connected(e){(e.kind!=="live"||this.snapshot.connection.kind!=="live")&&this.update({connection:e})}follow(e){this.update({headMs:e.time_ms}),this.hear(e,e.mirrors),this.witnesses?.refresh();let t=new TextEncoder().encode(e.checkpoint);this.watch?.follow({note:t,size:e.size,root:e.root})}hear(e,t){let n=this.snapshot.witnessed,{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c}=e;if(this.update({witnessed:{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c},mirrors:t}),n===null)return;(n.cosigners!==o||n.witnesses!==s||n.quorum_size!==a)&&this.witnesses?.refresh()}complain(e,t){let n=this.snapshot.unreadable;t!==null?(n?.event!==e&&console.warn(`${e}: ${t}`),this.update({unreadable:{event:e,problem:t}})):n?.event===e&&this.update({unreadable:null})}update(e){this.snapshot={...this.snapshot,...e},this.changed(this.snapshot)}};function xs(r,e){return[...new Map([...e,...r].map(n=>[n.index,n])).values()].sort((n,o)=>o.index-n.index).slice(0,ul)}function $s(r,e){return[...new Map([...e,...r].map(n=>[n.slot,n])).values()].sort((n,o)=>o.slot-n.slot).slice(0,fl)}var eo=class{constructor(e){this.name=e;this.text=null}load(){try{return localStorage.getItem(this.name)??this.text}catch{return this.text}}save(e){this.text=e;try{localStorage.setItem(this.name,e)}catch{}}forget(){this.text=null;try{localStorage.removeItem(this.name)}catch{}}};var J=V`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    font-variant-numeric: tabular-nums;
  }
  :host([hidden]) {
    display: none;
  }
  section {
    background: var(--card);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    box-shadow: var(--shadow);
    padding: 16px 18px 18px;
  }
  h2 {
    margin: 0 0 12px;
    font-size: 15px;
    font-weight: 650;
    letter-spacing: 0.02em;
  }
  p {
    margin: 0;
  }
  .quiet {
    color: var(--quiet);
    font-size: 13px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  button {
    font: inherit;
    font-size: 13px;
    color: var(--accent);
    background: none;
    border: 1px solid var(--line);
    border-radius: 8px;
    padding: 5px 12px;
    cursor: pointer;
  }
  button:hover {
    background: var(--sunken);
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  dl {
    margin: 0;
  }
  dt {
    color: var(--quiet);
    font-size: 13px;
  }
  dd {
    margin: 0;
  }
  @media (max-width: 620px) {
    section {
      padding: 14px 12px;
      border-radius: 12px;
    }
  }
`;var xr=class extends K{constructor(){super(...arguments);this.words=new Z(this)}render(){let{t}=this.words,n=this.conflicts.filter(({suspended:o})=>o);return n.length===0&&this.objections.length===0&&!this.nextKeyHere?g:f`<section role="alert" aria-labelledby="heading">
      <h2 id="heading">${t.alarms.heading}</h2>
      <ul>
        ${this.objections.map(o=>this.objection(o))} ${n.map(o=>this.conflict(o))}
        ${this.nextKeyHere?this.nextKey():g}
      </ul>
    </section>`}objection({witness:t,kind:n,size:o}){let{t:s,f:i}=this.words,a=this.names.get(t),l=a===void 0?t.slice(0,16):s.picture.flat(a),d=n==="ahead"&&o!==null?s.alarms.ahead(l,i.number(o)):s.alarms.fork(l);return f`<li data-kind=${n}>
      <strong>${d}</strong>
      <p>${s.alarms.objectionHelp}</p>
    </li>`}nextKey(){let{t}=this.words;return f`<li data-kind="next-key">
      <strong>${t.alarms.nextKey}</strong>
      <p>${t.alarms.nextKeyHelp} <code>next-key.sheet</code></p>
    </li>`}conflict({flat:t,seq:n,seen_ms:o,hash:s}){let{t:i,f:a}=this.words,l=t===null?i.unknown:i.picture.flat(t);return f`<li data-kind="conflict">
      <strong>${i.alarms.conflict(l,String(n),a.moment(o,this.now))}</strong>
      <p>${i.alarms.conflictHelp} <code>${s.slice(0,16)}</code></p>
    </li>`}};xr.properties={conflicts:{attribute:!1},objections:{attribute:!1},nextKeyHere:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},xr.styles=[J,V`
      section {
        background: var(--bad-soft);
        border-color: var(--bad);
        box-shadow: none;
      }
      h2 {
        color: var(--bad);
        margin-bottom: 6px;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
        display: grid;
        gap: 10px;
      }
      li {
        overflow-wrap: anywhere;
      }
      strong {
        font-weight: 650;
      }
      p {
        font-size: 13.5px;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
    `];customElements.define("alarm-list",xr);var ff=/^≤ ([0-9.]+) s, sampled each ([0-9.]+) s$/,$r=class extends K{constructor(){super(...arguments);this.words=new Z(this)}render(){let{t,f:n}=this.words,{rollCall:o,safe:s}=t.blackout,i=n.number(this.drill.flats.length);return f`<h3 id="roll-call">${o.heading}</h3>
      <p class="quiet counts">
        ${s(n.number(this.drill.acknowledged),i)}${t.witnesses.comma}${o.inTime(n.number(this.drill.acknowledged_in_time),i)}
      </p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="roll-call">
        <table>
          <thead>
            <tr>
              <th scope="col">${o.flat}</th>
              <th scope="col">${o.notified}</th>
              <th scope="col">${o.acknowledged}</th>
              <th scope="col">${o.turn}</th>
            </tr>
          </thead>
          <tbody>
            ${this.drill.flats.map(a=>this.row(a))}
          </tbody>
        </table>
      </div>`}row(t){let{t:n,f:o}=this.words;return f`<tr data-name=${t.flat} data-stage=${t.stage}>
      <td class="flat">${t.flat}</td>
      <td class="told">${t.notified_ms===null?n.unknown:o.moment(t.notified_ms,this.now)}</td>
      <td class="seen">${this.acknowledged(t)}</td>
      <td class="turn">${this.turn(t)}</td>
    </tr>`}acknowledged(t){let{t:n,f:o}=this.words,{rollCall:s}=n.blackout;if(t.acknowledged_ms===null)return f`<button
        class="tick"
        ?disabled=${this.busy}
        @click=${()=>this.dispatchEvent(new CustomEvent("tick-off",{detail:t.flat}))}
      >
        ${s.tick}
      </button>`;let i=o.lasting((t.acknowledged_after_s??0)*1e3);return f`<span class="good">✓</span> ${s.after(i,t.acknowledged_by??n.unknown)}`}gap(t){let[,n,o]=ff.exec(t)??[];return n===void 0||o===void 0?t:this.words.t.blackout.rollCall.gap(n,o)}turn(t){let{t:n}=this.words,{rollCall:o,reasons:s}=n.blackout,i=t.reasons.map(d=>s[d]??d).join(n.witnesses.comma),a=t.passed===null?g:f`<span class=${t.passed?"good":"bad"}>${t.passed?o.passed:o.failed}</span>`,l=`api/v1/drills/${this.drill.drill}/flats/${encodeURIComponent(t.flat)}/report`;return f`${this.drill.level==="l1"?n.unknown:o.stages[t.stage]} ${a}
    ${i===""?g:f`<span class="reasons quiet">${i}</span>`}
    ${t.words===null?g:f`<span class="words">「${t.words}」</span>`}
    ${t.aborted===null?g:f`<span class="bad">${t.aborted}</span>`}
    ${t.transfer===null?g:f`<span class="quiet">${this.gap(t.transfer)}</span>`}
    ${t.report===null?g:f`<a href=${l} download>${o.report}</a>`}`}};$r.properties={drill:{attribute:!1},now:{attribute:!1},busy:{attribute:!1}},$r.styles=[J,V`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 12px;
        padding-top: 4px;
      }
      h3 {
        margin: 10px 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: 13px;
      }
      th {
        text-align: left;
        font-weight: 400;
        color: var(--quiet);
        white-space: nowrap;
      }
      th,
      td {
        padding: 5px 12px 5px 0;
        border-bottom: 1px solid var(--line);
        vertical-align: top;
      }
      td.flat {
        font-weight: 650;
        white-space: nowrap;
      }
      .good {
        color: var(--good);
      }
      .bad {
        color: var(--bad);
      }
      .words {
        overflow-wrap: anywhere;
      }
      button {
        padding: 1px 9px;
        font-size: 12.5px;
        white-space: nowrap;
      }
      a {
        color: var(--accent);
      }
    `];customElements.define("roll-call",$r);var hf=5e3,pf=["l1","l2","l3","l4"];function mf({islanded:r}){return r===null?"unknown":r?"islanded":"connected"}var kr=class extends K{constructor(){super();this.words=new Z(this);this.sure=null,this.refused=null,this.busy=!1}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}async say(t,n){this.busy=!0,this.refused=null;try{await this.ask(t,n)}catch(o){if(!(o instanceof rr||o instanceof me))throw o;this.refused=o.message}finally{this.busy=!1,this.sure=null}}press(t,n){if(this.sure===t){clearTimeout(this.timer),this.say(n,{});return}this.sure=t,clearTimeout(this.timer),this.timer=setTimeout(()=>{this.sure=null},hf)}plan(t){t.preventDefault();let n=new FormData(t.target),o=s=>Math.round(Number(n.get(s))*60);this.say("api/v1/drills",{level:String(n.get("level")),length_s:o("length"),notice_s:o("notice")})}render(){let{t,f:n}=this.words,{blackout:o}=this;if(o===null)return g;let{drill:s}=o,i=s!==null&&(s.stage==="announced"||s.stage==="running");return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.blackout.heading}</h2>
      <dl class="top">
        <div>
          <dt>${t.blackout.grid}</dt>
          <dd class="grid" data-grid=${o.grid}>${t.blackout.grids[o.grid]??o.grid}</dd>
        </div>
        <div>
          <dt>${t.blackout.islanded}</dt>
          <dd class="islanded">${n.number(o.islanded)}</dd>
        </div>
        <div>
          <dt>${t.blackout.connected}</dt>
          <dd class="connected">${n.number(o.connected)}</dd>
        </div>
        <div>
          <dt>${t.blackout.unknownFlats}</dt>
          <dd class="unknown">${n.number(o.unknown)}</dd>
        </div>
      </dl>
      <ul class="flats">
        ${this.flats.map(a=>this.chip(a,s))}
      </ul>
      ${s===null?f`<p class="quiet none">${t.blackout.none}</p>`:this.drill(s)}
      ${i||s?.stage==="planned"?g:this.form()}
      ${this.refused===null?g:f`<p class="refused" role="alert">${t.blackout.refused(this.refused)}</p>`}
      ${s===null||s.announced_ms===null?g:f`<roll-call
              .drill=${s}
              .now=${this.now}
              .busy=${this.busy}
              @tick-off=${a=>{this.tickOff(s,a.detail)}}
            ></roll-call>`}
    </section>`}chip(t,n){let{t:o}=this.words,s=mf(t),a=n?.flats.find(d=>d.flat===t.flat)?.acknowledged_ms!=null,l=[o.picture.flat(t.flat),o.blackout.flatStates[s],...a?[o.blackout.isSafe]:[]];return f`<li data-stand=${s} data-name=${t.flat} title=${l.join(", ")}>
      ${t.flat}${a?" ✓":""}<span class="unseen">${l.slice(1).join(", ")}</span>
    </li>`}form(){let{t}=this.words,{plan:n}=t.blackout;return f`<h3>${n.heading}</h3>
      <form class="plan" @submit=${o=>this.plan(o)}>
        <label
          >${n.level}<select name="level">
            ${pf.map(o=>f`<option value=${o}>${n.levels[o]}</option>`)}
          </select></label
        >
        <label>${n.length}<input name="length" type="number" min="1" max="60" value="5" required /></label>
        <label>${n.notice}<input name="notice" type="number" min="0" max="60" value="10" required /></label>
        <button type="submit" ?disabled=${this.busy}>${n.submit}</button>
      </form>`}drill(t){let{t:n,f:o}=this.words,{blackout:s}=n;return f`<div class="drill" data-stage=${t.stage} data-level=${t.level}>
      <p class="stage">
        ${s.plan.levels[t.level]??t.level} — ${s.stages[t.stage]??t.stage}
        ${t.ended===null?g:f`<span class="ended">${s.ended[t.ended]}</span>`}
      </p>
      ${t.stage==="planned"?this.planned(t):this.held(t)}
      ${t.stage!=="announced"||t.first_ms===null||t.level==="l1"?g:f`<p class="quiet">${s.first(o.moment(t.first_ms,this.now))}</p>`}
      ${t.against===null?g:f`<p class="against" role="status">${s.against[t.against]}</p>`}
      ${t.stage==="announced"||t.stage==="running"?f`<div class="buttons">
              <button
                class="stop danger"
                ?disabled=${this.busy}
                @click=${()=>this.press("stop",`api/v1/drills/${t.drill}/stop`)}
              >
                ${this.sure==="stop"?s.stopSure:s.stop}
              </button>
            </div>`:g}
    </div>`}planned(t){let{t:n,f:o}=this.words,{plan:s}=n.blackout;return f`<p>
        ${t.level==="l1"?s.plannedRollCall:s.planned(o.number(t.most),o.power(t.limit_w))}
      </p>
      <div class="buttons">
        <button
          class="start"
          ?disabled=${this.busy}
          @click=${()=>this.press("start",`api/v1/drills/${t.drill}/start`)}
        >
          ${this.sure==="start"?s.sure:s.start}
        </button>
        <button
          class="again"
          ?disabled=${this.busy}
          @click=${()=>{this.say(`api/v1/drills/${t.drill}/stop`,{})}}
        >
          ${s.again}
        </button>
      </div>`}held(t){let{t:n,f:o}=this.words,{blackout:s}=n,i=(...a)=>o.number(t.flats.filter(l=>a.includes(l.stage)).length);return t.announced_ms===null?g:f`${t.level==="l1"?g:f`<p class="counts">${s.counts(i("home"),i("called","out"),i("refused"),i("waiting"))}</p>
            <p class="quiet measured">
              ${s.measured(o.number(t.most_seen),o.number(t.most),o.power(t.demand_seen_w),o.power(t.limit_w))}
            </p>`}
    ${t.stage==="ended"?this.reports(t):g}`}reports(t){let{blackout:n}=this.words.t,o=`api/v1/drills/${t.drill}/report`;return f`<p class="reports">
        <a class="report" href=${o} download>${n.report}</a>
        ${["ja","en"].map(s=>f`<a class="sheet" href="${o}.pdf?language=${s}" download
              >${n.sheet(n.languages[s]??s)}</a
            > `)}
      </p>
      ${t.record===null?g:f`<p class="quiet logged">${n.logged}</p>`}`}async tickOff(t,n){let o=`api/v1/drills/${t.drill}/flats/${encodeURIComponent(n)}/acknowledge`;await this.say(o,{who:this.words.t.blackout.rollCall.manager})}};kr.properties={blackout:{attribute:!1},flats:{attribute:!1},now:{attribute:!1},ask:{attribute:!1},sure:{state:!0},refused:{state:!0},busy:{state:!0}},kr.styles=[J,V`
      .top {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 22px;
        margin-bottom: 10px;
      }
      .top div {
        display: flex;
        gap: 6px;
        align-items: baseline;
      }
      .top dd {
        font-weight: 650;
      }
      [data-grid="gone"] {
        color: var(--bad);
      }
      [data-grid="doubtful"],
      [data-grid="unknown"] {
        color: var(--warn);
      }
      [data-grid="good"] {
        color: var(--good);
      }
      ul.flats {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 5px;
        margin: 0 0 14px;
        padding: 0;
      }
      ul.flats li {
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 1px 9px;
        font-size: 12.5px;
      }
      li[data-stand="islanded"] {
        background: var(--warn-soft);
        border-color: var(--warn);
      }
      li[data-stand="connected"] {
        background: var(--good-soft);
      }
      li[data-stand="unknown"] {
        color: var(--quiet);
        border-style: dashed;
      }
      h3 {
        margin: 12px 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 14px;
        align-items: end;
      }
      label {
        display: grid;
        gap: 2px;
        font-size: 12.5px;
        color: var(--quiet);
      }
      select,
      input {
        font: inherit;
        font-size: 13.5px;
        color: var(--text);
        background: var(--card);
        border: 1px solid var(--line);
        border-radius: 8px;
        padding: 5px 8px;
        min-height: 32px;
      }
      input {
        width: 84px;
      }
      .drill {
        border-top: 1px solid var(--line);
        padding-top: 10px;
        display: grid;
        gap: 6px;
      }
      .drill .stage {
        font-weight: 650;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      button.danger {
        color: var(--bad);
        border-color: var(--bad);
      }
      button:disabled {
        opacity: 0.55;
        cursor: default;
      }
      .refused {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        overflow-wrap: anywhere;
      }
      .against {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 6px 12px;
        font-size: 13.5px;
      }
      .reports {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
      }
      a {
        color: var(--accent);
        font-size: 13px;
      }
    `];customElements.define("blackout-panel",kr);function Ve(r){let e=r.filter(t=>t!==null);return{known:e.length===0?null:e.reduce((t,n)=>t+n,0),partial:e.length<r.length}}function hl(r){return r.grid_w===null||r.pv_w===null||r.battery_w===null?null:r.grid_w+r.pv_w+r.battery_w}function pl({building:r,flats:e}){let t=e.map(s=>s.grid_w),n=Ve(t.map(s=>s===null?null:Math.max(0,s))),o=Ve(t.map(s=>s===null?null:Math.max(0,-s)));return{bulk:r.bulk_w,common:r.common_w,frequency:r.frequency_hz,pv:Ve(e.map(s=>s.pv_w)),battery:Ve(e.map(s=>s.battery_w)),taken:n,given:o,shared:{known:n.known===null||o.known===null?null:Math.min(n.known,o.known),partial:n.partial},online:e.filter(s=>s.online).length,islanded:e.filter(s=>s.islanded===!0).length,flats:e.length}}function ml(r){let e=0,t=0;for(let n of r.flats){let o=Math.min(n.import_wh,n.export_wh);e+=n.import_wh-o-n.shared_in_wh,t+=n.export_wh-o-n.shared_out_wh}return{shared:r.shared_wh,fromGrid:e,surplus:t}}function gl(r){let e=r.flats.filter(n=>n.shared_in_wh>0),t=e.reduce((n,o)=>n+o.shared_in_wh,0);return t===0?null:-e.reduce((n,o)=>n+o.inside_money,0)/t}var Er=class extends K{constructor(){super(...arguments);this.words=new Z(this)}render(){let{t,f:n}=this.words;if(this.state===null)return f`<section>
        <h2>${t.now.heading}</h2>
        <p class="quiet">${t.loading}</p>
      </section>`;let o=pl(this.state),{latency_ms:s}=this.state,i=yl(o.bulk),a={take:t.now.importing,give:t.now.exporting,none:t.now.balanced,unknown:t.now.bulk},l=yl(o.battery.known),d={take:t.now.discharging,give:t.now.charging,none:"",unknown:""}[l];return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.now.heading}</h2>
      <div class="first">
        <div>
          <p class="quiet">${a[i]}</p>
          <p class="big ${i}" data-value="bulk">${n.power(o.bulk)}</p>
        </div>
        <div class="second" title=${t.now.sharedHelp}>
          <p class="quiet">${t.now.shared}</p>
          <p class="figure" data-value="shared">${this.atLeast(o.shared)}</p>
        </div>
      </div>
      <dl class="rest">
        ${this.sum(t.now.pv,o.pv)} ${this.sum(t.now.battery,o.battery,d)}
        <div>
          <dt>${t.now.common}</dt>
          <dd>${n.power(o.common)}</dd>
        </div>
        <div>
          <dt>${t.now.frequency}</dt>
          <dd>${n.frequency(o.frequency)}</dd>
        </div>
        <div>
          <dt>${t.now.flats}</dt>
          <dd>
            <small>${t.now.online(o.online,o.flats)}</small>
            ${o.islanded>0?f`<span class="badge">${t.now.islanded(o.islanded)}</span>`:g}
          </dd>
        </div>
        <div>
          <dt>${t.now.latency}</dt>
          <dd>
            <small
              >${s===null?t.unknown:t.now.latencyValues(n.milliseconds(s.p50),n.milliseconds(s.p99))}</small
            >
          </dd>
        </div>
      </dl>
      ${this.progress()}
    </section>`}atLeast({known:t,partial:n}){let{t:o,f:s}=this.words;return t!==null&&n?o.now.atLeast(s.power(t)):s.power(t)}sum(t,{known:n,partial:o},s=""){let{t:i,f:a}=this.words,l=n!==null&&o?f`<br /><small>${i.now.partial}</small>`:g;return f`<div>
      <dt>${t}</dt>
      <dd>${a.power(n)} <small>${n===null?g:s}</small>${l}</dd>
    </div>`}progress(){let{t,f:n}=this.words;if(this.slotSeconds===null||this.slotSeconds===0||this.serverNow===null)return g;let o=this.slotSeconds*1e3,s=Math.floor(this.serverNow/o)*o,i=this.serverNow-s,a=Math.ceil((o-i)/1e3),l=t.duration(Math.floor(a/60),String(a%60).padStart(2,"0"));return f`<div class="slot">
      <div>
        <span>${t.now.slot} ${n.slot(s/1e3,this.slotSeconds,this.serverNow)}</span>
        <span class="quiet">${t.now.slotEnds(l)}</span>
      </div>
      <progress max="1" .value=${i/o} aria-label=${t.now.slot}></progress>
    </div>`}};Er.properties={state:{attribute:!1},slotSeconds:{attribute:!1},serverNow:{attribute:!1}},Er.styles=[J,V`
      .first {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
        align-items: end;
        margin-bottom: 14px;
      }
      .big {
        font-size: 33px;
        font-weight: 640;
        line-height: 1.15;
        letter-spacing: -0.01em;
        white-space: nowrap;
      }
      .big.take {
        color: var(--take);
      }
      .big.give {
        color: var(--give);
      }
      .second {
        text-align: right;
      }
      .second .figure {
        font-size: 21px;
        font-weight: 620;
        color: var(--give);
        line-height: 1.2;
      }
      @media (max-width: 420px) {
        .big {
          font-size: 29px;
        }
        .second .figure {
          font-size: 18px;
        }
      }
      dl.rest {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 1px;
        background: var(--line);
        border: 1px solid var(--line);
        border-radius: 10px;
        overflow: hidden;
      }
      .rest > div {
        background: var(--card);
        padding: 7px 12px 8px;
      }
      .rest dd {
        font-size: 16px;
        font-weight: 560;
      }
      .rest small {
        font-weight: 400;
        color: var(--quiet);
        font-size: 12px;
      }
      .badge {
        display: block;
        color: var(--warn);
        font-size: 12.5px;
      }
      .slot {
        margin-top: 14px;
      }
      .slot > div {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin-top: 5px;
        appearance: none;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--line);
      }
      progress::-webkit-progress-bar {
        background: var(--line);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
    `];function yl(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}customElements.define("building-now",Er);var Sr=class extends K{constructor(){super(...arguments);this.words=new Z(this)}render(){let{kind:t}=this.connection;return f`<div class=${t} data-kind=${t}>
      <i></i><span aria-hidden="true">${this.text(!0)}</span>
      <span class="unseen" role="status">${this.text(!1)}</span>
    </div>`}text(t){let{t:n}=this.words;switch(this.connection.kind){case"connecting":return n.connection.connecting;case"live":return n.connection.live;case"restricted":return this.resident===null?n.connection.restricted:n.connection.resident(n.picture.flat(this.resident));case"lost":{let o=Math.ceil((this.connection.retryAt-this.clock)/1e3);return t&&o>0?n.connection.lost(o):n.connection.retrying}}}};Sr.properties={connection:{attribute:!1},clock:{attribute:!1},resident:{attribute:!1}},Sr.styles=[J,V`
      div {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        font-size: 13px;
        padding: 4px 12px;
        border-radius: 99px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      i {
        width: 9px;
        height: 9px;
        border-radius: 50%;
        border: 2px solid var(--quiet);
        flex: none;
      }
      .live i {
        background: var(--good);
        border-color: var(--good);
      }
      .lost {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .lost i {
        border-color: var(--warn);
      }
    `];customElements.define("connection-state",Sr);var wl={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},bl=r=>(...e)=>({_$litDirective$:r,values:e}),to=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:gf}=si,vl=r=>r;var xl=()=>document.createComment(""),Vt=(r,e,t)=>{let n=r._$AA.parentNode,o=e===void 0?r._$AB:e._$AA;if(t===void 0){let s=n.insertBefore(xl(),o),i=n.insertBefore(xl(),o);t=new gf(s,i,r,r.options)}else{let s=t._$AB.nextSibling,i=t._$AM,a=i!==r;if(a){let l;t._$AQ?.(r),t._$AM=r,t._$AP!==void 0&&(l=r._$AU)!==i._$AU&&t._$AP(l)}if(s!==o||a){let l=t._$AA;for(;l!==s;){let d=vl(l).nextSibling;vl(n).insertBefore(l,o),l=d}}}return t},ft=(r,e,t=r)=>(r._$AI(e,t),r),yf={},$l=(r,e=yf)=>r._$AH=e,kl=r=>r._$AH,ro=r=>{r._$AR(),r._$AA.remove()};var El=(r,e,t)=>{let n=new Map;for(let o=e;o<=t;o++)n.set(r[o],o);return n},_r=bl(class extends to{constructor(r){if(super(r),r.type!==wl.CHILD)throw Error("repeat() can only be used in text expressions")}dt(r,e,t){let n;t===void 0?t=e:e!==void 0&&(n=e);let o=[],s=[],i=0;for(let a of r)o[i]=n?n(a,i):i,s[i]=t(a,i),i++;return{values:s,keys:o}}render(r,e,t){return this.dt(r,e,t).values}update(r,[e,t,n]){let o=kl(r),{values:s,keys:i}=this.dt(e,t,n);if(!Array.isArray(o))return this.ut=i,s;let a=this.ut??=[],l=[],d,c,u=0,h=o.length-1,p=0,m=s.length-1;for(;u<=h&&p<=m;)if(o[u]===null)u++;else if(o[h]===null)h--;else if(a[u]===i[p])l[p]=ft(o[u],s[p]),u++,p++;else if(a[h]===i[m])l[m]=ft(o[h],s[m]),h--,m--;else if(a[u]===i[m])l[m]=ft(o[u],s[m]),Vt(r,l[m+1],o[u]),u++,m--;else if(a[h]===i[p])l[p]=ft(o[h],s[p]),Vt(r,o[u],o[h]),h--,p++;else if(d===void 0&&(d=El(i,p,m),c=El(a,u,h)),d.has(a[u]))if(d.has(a[h])){let w=c.get(i[p]),$=w!==void 0?o[w]:null;if($===null){let B=Vt(r,o[u]);ft(B,s[p]),l[p]=B}else l[p]=ft($,s[p]),Vt(r,o[u],$),o[w]=null;p++}else ro(o[h]),h--;else ro(o[u]),u++;for(;p<=m;){let w=Vt(r,l[m+1]);ft(w,s[p]),l[p++]=w}for(;u<=h;){let w=o[u++];w!==null&&ro(w)}return this.ut=i,$l(r,l),Ye}});var wf=24,bf=40,vf=620,xf={large:{riserX:42,firstX:58,tileWidth:86,widest:178,tileHeight:80,commonHeight:34,gap:8,drop:15},medium:{riserX:40,firstX:54,tileWidth:70,widest:100,tileHeight:58,commonHeight:34,gap:6,drop:12},small:{riserX:32,firstX:43,tileWidth:46,widest:74,tileHeight:43,commonHeight:30,gap:5,drop:10}},Kt=6;function $f(r){let e=/(\d{1,2})\d{2}\D?$/.exec(r)?.[1];return e===void 0?null:Number(e)}function Sl(r,e){let t=Sf(r.flats.length,e),n=xf[t],{riserX:o,firstX:s}=n,i=Ef(r.flats),a=Math.max(e-s-Kt,n.tileWidth),l=Math.max(1,Math.floor((a+n.gap)/(n.tileWidth+n.gap))),d=Math.max(1,...i.map(({flats:q})=>q.length)),c=Math.ceil(d/Math.ceil(d/l)),u=Math.min(n.widest,Math.floor((a+n.gap)/c-n.gap)),h=[],p=[],m=[],w=[],$=Kt,B=(q,se,Y)=>{let re=$+Y+n.drop;se.forEach(({flat:M,watt:j},G)=>{let U=s+G*(u+n.gap),ce=Math.round(U+u/2);h.push({x:U,y:$,width:u,height:Y,flat:M});let pe=G===0?o:Math.round(ce-u-n.gap),A=Ve(se.slice(G).map(_=>_.watt));p.push({key:`bus ${q} ${G}`,x1:pe,y1:re,x2:ce,y2:re,power:A});let y=Ve([j]),x=$+Y;p.push({key:`drop ${q} ${G}`,x1:ce,y1:re,x2:ce,y2:x,power:y})}),w.push({y:re,power:Ve(se.map(M=>M.watt)),name:q}),$=re+n.gap+4};for(let{floor:q,flats:se}of i){m.push({x:o-10,y:$+Math.min(n.tileHeight/2,20),floor:q});for(let Y=0;Y<se.length;Y+=c){let re=se.slice(Y,Y+c).map(M=>({flat:M,watt:M.grid_w}));B(`${q??"?"}/${Y}`,re,n.tileHeight)}}$+=2,B("common",[{flat:null,watt:r.building.common_w}],n.commonHeight);let T=$+4,b=Math.min(168,Math.floor((e-Kt*2-40)/2)),E={x:Kt,y:T+14,width:b,height:58},O=Math.max(40,Math.min(140,e-Kt*2-b*2)),N={x:E.x+b+O,y:E.y,width:b,height:E.height};p.push(...kf(w,o,E.y));let Q=E.y+E.height/2,X=Ve([r.building.bulk_w]);p.push({key:"bulk",x1:N.x,y1:Q,x2:E.x+E.width,y2:Q,power:X});let H=E.y+E.height+Kt;return{width:e,height:H,size:t,tiles:h,lines:p,floors:m,groundY:T,meter:E,grid:N}}function kf(r,e,t){return r.map(({y:n,name:o},s)=>{let i=r.slice(0,s+1).map(d=>d.power),l={known:Ve(i.map(d=>d.known)).known,partial:i.some(d=>d.partial)};return{key:`riser ${o}`,x1:e,y1:r[s+1]?.y??t,x2:e,y2:n,power:l}})}function Ef(r){let e=new Map;for(let n of r){let o=$f(n.flat),s=e.get(o);s===void 0?e.set(o,[n]):s.push(n)}let t=new Intl.Collator("en",{numeric:!0});return[...e].map(([n,o])=>({floor:n,flats:o.sort((s,i)=>t.compare(s.flat,i.flat))})).sort((n,o)=>(o.floor??-1)-(n.floor??-1))}function _l(r,e){return e<=0?1.5:1.5+7.5*Math.sqrt(Math.min(1,Math.abs(r)/e))}function Sf(r,e){return r>wf&&e<vf?"small":r>bf?"medium":"large"}function Es(r,{t:e,f:t}){let n=[e.picture.flat(r.flat)];return r.online||n.push(e.picture.offline),r.islanded===!0&&n.push(e.flat.islanded),n.push(r.grid_w===null?`${e.flat.grid} ${e.unknown}`:`${Ss(r.grid_w,e)} ${t.power(r.grid_w)}`),r.pv_w!==null&&n.push(`${e.flat.pv} ${t.power(r.pv_w)}`),r.battery_w!==null&&n.push(`${e.flat.battery} ${_s(r.battery_w,e)} ${t.power(r.battery_w)}`),r.soc!==null&&n.push(`${e.flat.soc} ${t.percent(r.soc)}`),n.join(", ")}function Ss(r,e){return r>0?e.picture.buying:r<0?e.picture.selling:e.picture.idle}function _s(r,e){return r>0?e.now.discharging:r<0?e.now.charging:""}function Tl(r,e,t,n){let{x:o,y:s,width:i,height:a}=r,l={large:_f,medium:Tf,small:Rf}[t],[d,c,u]=t==="small"?[o+i-5.5,s+6.5,3]:[o+i-12,s+14,4];return ae`
    <title>${Es(e,n)}</title>
    <rect class="tile" x=${o} y=${s} width=${i} height=${a} rx=${t==="small"?7:9} />
    ${l(r,e,n)} ${Af(e,d,c,u)}
  `}function _f({x:r,y:e,width:t},n,{t:o,f:s}){let i=r+9,a=e+56;return ae`
    <text class="name" x=${i} y=${e+18}>${n.flat}</text>
    ${n.islanded===!0?ae`<text class="island" x=${r+t-22} y=${e+18}>${o.picture.islanded}</text>`:g}
    ${Rl(n.grid_w,i+4,e+33)}
    <text class="watt" x=${i+13} y=${e+38}>${s.power(n.grid_w)}</text>
    ${Al(i+5,a-4,n.pv_w)}
    <text class="small" x=${i+14} y=${a}>${s.power(n.pv_w)}</text>
    ${Bf(i,a+7,n.soc)}
    <text class="small" x=${i+14} y=${a+16}>${s.percent(n.soc)}</text>
    <text class="small end ${n.battery_w===null?"":"battery"}" x=${r+t-9} y=${a+16}>${Of(n.battery_w,s)}</text>
  `}function Tf({x:r,y:e,width:t,height:n},o,{f:s}){let i=r+8;return ae`
    <text class="name" x=${i} y=${e+17}>${o.flat}</text>
    ${Rl(o.grid_w,i+4,e+28)}
    <text class="watt" x=${i+12} y=${e+33}>${s.power(o.grid_w)}</text>
    ${Al(i+5,e+43,o.pv_w)}
    <text class="small" x=${i+13} y=${e+47}>${s.power(o.pv_w)}</text>
    ${Bl(i,e+n-7,t-16,o.soc)}
  `}function Rf({x:r,y:e,width:t,height:n},o,{f:s}){return ae`
    <text class="name" x=${r+5} y=${e+14}>${o.flat}</text>
    <text class="watt middle ${Tr(o.grid_w)}" x=${r+t/2} y=${e+29}>
      ${s.shortPower(o.grid_w)}
    </text>
    ${Bl(r+6,e+n-8,t-12,o.soc)}
  `}function Af(r,e,t,n){let o=r.islanded===!0?"island":r.online?"online":"offline";return ae`<circle class="mark ${o}" cx=${e} cy=${t} r=${n} />
    ${o==="offline"?ae`<path class="mark offline" d="M${e-n-1} ${t+n+1}l${2*n+2} ${-2*n-2}" />`:g}`}function Rl(r,e,t){if(r===null||r===0)return g;let n=r>0?`M${e-4.5} ${t-4}h9l-4.5 8z`:`M${e-4.5} ${t+4}h9l-4.5 -8z`;return ae`<path class="arrow ${Tr(r)}" d=${n} />`}function Al(r,e,t){let n=t===null?"unknown":"",o=Array.from({length:8},(s,i)=>{let[a,l]=[Math.cos(i*Math.PI/4),Math.sin(i*Math.PI/4)];return`M${[3.6,5.4].map(c=>`${(r+a*c).toFixed(2)} ${(e+l*c).toFixed(2)}`).join("L")}`});return ae`<circle class="sun ${n}" cx=${r} cy=${e} r="2.4" /><path class="rays ${n}" d=${o.join("")} />`}function Bf(r,e,t){let n=t===null?0:Math.max(0,Math.min(1,t/100))*7;return ae`
    <rect class="cell" x=${r+1.5} y=${e} width="7" height="10.5" rx="1.6" />
    <rect class="charge" x=${r+3} y=${e+1.75+(7-n)} width="4" height=${n} />
  `}function Of(r,e){return r===null||r===0?e.power(r):`${r>0?"−":"+"}${e.power(r)}`}function Bl(r,e,t,n){if(n===null)return g;let o=Math.max(0,Math.min(1,n/100))*t;return ae`<rect class="track" x=${r} y=${e} width=${t} height="3.5" rx="1.7" />
    <rect class="charge" x=${r} y=${e} width=${o.toFixed(1)} height="3.5" rx="1.7" />`}function Tr(r){return r===null?"unknown":r>0?"take":r<0?"give":"none"}var Ol=V`
  .frame {
    min-height: 120px;
  }
  svg {
    display: block;
    max-width: 100%;
    height: auto;
    user-select: none;
  }
  text {
    fill: var(--text);
    font-size: 12px;
  }
  .name {
    font-size: 13px;
    font-weight: 640;
  }
  .watt {
    font-size: 14.5px;
    font-weight: 600;
  }
  .watt.take,
  .arrow.take {
    fill: var(--take);
  }
  .watt.give,
  .arrow.give {
    fill: var(--give);
  }
  .medium .watt {
    font-size: 13px;
  }
  .small .name,
  .small .watt {
    font-size: 11.5px;
  }
  .tight .name,
  .tight .watt {
    font-size: 11.5px;
  }
  .node .watt {
    font-size: 18px;
  }
  .end {
    text-anchor: end;
  }
  .middle {
    text-anchor: middle;
  }
  text.small {
    font-size: 11.5px;
    fill: var(--quiet);
  }
  text.small.battery {
    fill: var(--battery);
  }
  .floor {
    font-size: 11.5px;
    fill: var(--quiet);
    text-anchor: end;
  }
  .island {
    fill: var(--warn);
    font-size: 11px;
    font-weight: 640;
    text-anchor: end;
  }
  .tile {
    fill: var(--card);
    stroke: var(--line);
    stroke-width: 1;
  }
  .flat {
    cursor: pointer;
  }
  .flat:hover .tile {
    stroke: var(--quiet);
  }
  .flat:focus {
    outline: none;
  }
  .flat:focus-visible .tile,
  .flat.chosen .tile {
    stroke: var(--accent);
    stroke-width: 2;
  }
  .flat.islanded .tile {
    fill: var(--warn-soft);
    stroke: var(--warn);
  }
  .flat.offline .tile {
    fill: var(--sunken);
    stroke-dasharray: 4 3;
  }
  .flat.offline text {
    fill: var(--quiet);
  }
  .common .tile {
    fill: var(--sunken);
  }
  .earth {
    fill: var(--sunken);
  }
  .mark {
    stroke-width: 1.6;
    fill: none;
  }
  .mark.online {
    fill: var(--good);
  }
  .mark.island {
    fill: var(--warn);
  }
  .mark.offline {
    stroke: var(--quiet);
  }
  .sun {
    fill: var(--solar-fill);
  }
  .rays {
    stroke: var(--solar-fill);
    stroke-width: 1.2;
    stroke-linecap: round;
  }
  .sun.unknown {
    fill: var(--line);
  }
  .rays.unknown {
    stroke: var(--line);
  }
  .track {
    fill: var(--line);
  }
  .cell {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.1;
  }
  .charge {
    fill: var(--battery);
  }
  .pylon {
    fill: none;
    stroke: var(--quiet);
    stroke-width: 1.6;
    stroke-linejoin: round;
    stroke-linecap: round;
  }

  .line {
    fill: none;
    stroke: var(--line);
    stroke-linecap: round;
  }
  .line.take {
    stroke: var(--take-soft);
  }
  .line.give {
    stroke: var(--give-soft);
  }
  .line.unknown {
    stroke: var(--quiet);
    stroke-dasharray: 2 5;
    opacity: 0.6;
  }
  .line.partial:not(.unknown) {
    opacity: 0.75;
  }
  .flow {
    fill: none;
    stroke-linecap: round;
    stroke-dasharray: 0.1 13;
  }
  .flow.take {
    stroke: var(--take);
    animation: along 1.3s linear infinite;
  }
  .flow.give {
    stroke: var(--give);
    animation: along 1.3s linear infinite reverse;
  }
  :host([stale]) .flow {
    animation-play-state: paused;
  }
  :host([stale]) svg {
    opacity: 0.55;
  }
  /* One step of the dashes: the picture repeats without a seam. */
  @keyframes along {
    from {
      stroke-dashoffset: 13.1;
    }
    to {
      stroke-dashoffset: 0;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .flow {
      animation: none !important;
    }
  }

  .legend {
    list-style: none;
    display: flex;
    flex-wrap: wrap;
    gap: 2px 18px;
    margin: 10px 0 0;
    padding: 0;
    color: var(--quiet);
    font-size: 12.5px;
  }
  .legend i {
    display: inline-block;
    width: 22px;
    height: 5px;
    border-radius: 3px;
    margin-right: 6px;
    vertical-align: middle;
    background: var(--line);
  }
  .legend .take {
    background: var(--take);
  }
  .legend .give {
    background: var(--give);
  }
  .legend .unknown {
    background: repeating-linear-gradient(90deg, var(--quiet) 0 2px, transparent 2px 6px);
    height: 2px;
  }
  .legend .warn {
    color: var(--warn);
  }
  flat-detail {
    margin-top: 12px;
  }
`;var no=["meter"],Ml=["orders","cleared"],ht=["meter","transfers","settled"],Ke=(r,e)=>e.kilowattHours(r),Cl=(r,e)=>e.exactMoney(r??0),Ll=(r,e)=>e.money(r),Pl=[{key:"generated",value:r=>r.generated_slots===0?null:r.generated_wh,known:r=>r.generated_slots,written:Ke,records:no},{key:"consumed",value:r=>r.consumed_slots===0?null:r.consumed_wh,known:r=>r.consumed_slots,written:Ke,records:no},{key:"imported",value:r=>r.import_wh,written:Ke,records:no},{key:"exported",value:r=>r.export_wh,written:Ke,records:no},{key:"tradedBought",value:r=>r.traded_bought_wh,written:Ke,records:Ml},{key:"bought",value:r=>r.bought_wh,written:Ke,records:ht},{key:"tradedSold",value:r=>r.traded_sold_wh,written:Ke,records:Ml},{key:"sold",value:r=>r.sold_wh,written:Ke,records:ht},{key:"sharedIn",value:r=>r.shared_in_wh,written:Ke,records:ht},{key:"sharedOut",value:r=>r.shared_out_wh,written:Ke,records:ht},{key:"paid",value:r=>r.paid,written:Cl,records:ht},{key:"earned",value:r=>r.earned,written:Cl,records:ht},{key:"grid",value:r=>r.grid_money,written:Ll,records:ht,priced:!0},{key:"saved",value:r=>r.saved,written:Ll,records:ht,priced:!0}];function Nl(r,e){let t=[];for(let n=r;n<e;){let o=new Date(n*1e3),s=new Date(o.getFullYear(),o.getMonth(),o.getDate()+1).getTime()/1e3;t.push({begin:n,end:s}),n=s}return t}var Mf=25*3600,Rr=class extends K{constructor(){super();this.words=new Z(this);this.asked=0;this.chosen=null;this.days=null,this.slots=null,this.isReading=!1,this.unreachable=!1}willUpdate(t){if(["flat","row","begin","end"].some(n=>t.has(n)))this.days=null,this.slots=null,this.chosen=null;else if(!t.has("version")||this.isReading)return;this.read(()=>this.readAgain())}get isDay(){return this.end-this.begin<=Mf}async read(t){this.asked+=1,this.isReading=!0;let{asked:n}=this;try{let o=await t();if(n!==this.asked)return;o(),this.unreachable=!1}catch(o){if(![me,ke,ge].some(i=>o instanceof i))throw o;n===this.asked&&(this.unreachable=!0)}finally{n===this.asked&&(this.isReading=!1)}}async readAgain(){let{begin:t,end:n,chosen:o}=this;if(this.isDay)return this.readSlots(t,n);let s=await this.readDays(t,n),i=o===null?null:await this.readSlots(o.begin,o.end);return()=>{s(),i?.()}}async readDays(t,n){let{flat:o,row:s,source:i,asked:a}=this,l=Date.now()/1e3,d=[];for(let c of Nl(t,n)){if(c.begin>l||a!==this.asked)break;let u=s.value(await i.sums(o,c.begin,c.end,!1))??0;u!==0&&d.push({...c,value:u})}return()=>{this.days=d}}async readSlots(t,n){let{flat:o,row:s,source:i}=this,a=await i.slots(o,t,n);return()=>{this.slots=a.filter(l=>(s.value(l)??0)!==0)}}choose(t){if(this.slots=null,this.chosen?.begin===t.begin){this.chosen=null;return}this.chosen=t,this.read(()=>this.readSlots(t.begin,t.end))}render(){let{t,f:n}=this.words,{ways:o,rows:s}=t.wallet,i=this.isDay?t.wallet.today:t.wallet.month;return f`<div class="title" role="status">${o.title(s[this.row.key].name,i)}</div>
      ${this.unreachable?f`<p class="quiet">${t.wallet.unreachable}</p>`:g}
      ${this.isDay?this.list(this.slots):this.days===null?this.waiting():f`<ul class="days">
                ${this.days.map(a=>f`<li data-day=${a.begin}>
                      <button
                        class="day"
                        aria-expanded=${this.chosen?.begin===a.begin}
                        @click=${()=>this.choose(a)}
                      >
                        <span class="line"
                          ><span>${n.date(a.begin*1e3)}</span
                          ><span class="value">${this.row.written(a.value,n)}</span></span
                        >
                      </button>
                      ${this.chosen?.begin===a.begin?this.list(this.slots):g}
                    </li>`)}
              </ul>`}`}waiting(){return this.isReading?f`<p class="quiet">${this.words.t.loading}</p>`:g}list(t){let{t:n,f:o}=this.words;return t===null?this.waiting():t.length===0?f`<p class="quiet">${n.wallet.ways.none}</p>`:f`<div class="scroll" tabindex="0" role="region" aria-label=${n.wallet.ways.slots}>
      <ul class="slots">
        ${t.map(s=>f`<li data-slot=${s.slot}>
              <div class="line">
                <span>${o.time(s.slot*1e3)}</span
                ><span class="value">${this.row.written(this.row.value(s),o)}</span>
              </div>
              ${this.prices(s)}
              <div class="records">
                ${this.row.records.map(i=>s.records[i].map(a=>this.record(a,i)))}
              </div>
            </li>`)}
      </ul>
    </div>`}prices({prices:t}){let[n,o,s]=t??[];if(this.row.priced!==!0||n===void 0||o===void 0||s===void 0)return g;let{t:i,f:a}=this.words;return f`<p class="quiet">${i.wallet.ways.prices(a.price(n),a.price(o),a.price(s))}</p>`}record(t,n){let{ways:o}=this.words.t.wallet,s={detail:t,bubbles:!0,composed:!0};return f`<button
      class="record"
      data-index=${t}
      data-kind=${n}
      @click=${()=>this.dispatchEvent(new CustomEvent("verify-record",s))}
    >
      ${o.record(o.kinds[n],String(t))}
    </button>`}};Rr.properties={flat:{attribute:!1},source:{attribute:!1},row:{attribute:!1},begin:{attribute:!1},end:{attribute:!1},version:{attribute:!1},days:{state:!0},slots:{state:!0},isReading:{state:!0},unreachable:{state:!0}},Rr.styles=[J,V`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 10px;
        padding-top: 8px;
        font-size: 13px;
      }
      .title {
        font-weight: 600;
      }
      ul {
        list-style: none;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        border-top: 1px solid var(--line);
        padding: 5px 0;
      }
      .line {
        display: flex;
        justify-content: space-between;
        gap: 10px;
      }
      .records {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-top: 3px;
      }
      .records button {
        padding: 1px 8px;
        font-size: 12px;
      }
      .day {
        width: 100%;
        border: 0;
        padding: 0;
        text-align: start;
      }
      .scroll {
        max-height: 20rem;
        overflow-y: auto;
      }
    `];customElements.define("wallet-ways",Rr);var Cf=6e4,Ar=class extends K{constructor(){super();this.words=new Z(this);this.version=0;this.level="own",this.both=null,this.open=null,this.unreachable=!1}connectedCallback(){super.connectedCallback(),this.timer=setInterval(()=>{this.fetch()},Cf)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.timer)}willUpdate(t){t.has("flat")&&(this.both=null,this.open=null,this.fetch())}async fetch(){let{flat:t}=this,n=new Date;try{let[o,s]=await Promise.all([this.source.sums(t,...Ts("day",n),!0),this.source.sums(t,...Ts("month",n),!1)]);if(t!==this.flat)return;this.both={day:o,month:s},this.version+=1,this.unreachable=!1}catch(o){if(![me,ke,ge].some(i=>o instanceof i))throw o;this.unreachable=!0}}render(){let{t}=this.words,n=t.wallet.heading(t.picture.flat(this.flat));return f`<section class=${this.level==="own"?"":"plain"} aria-labelledby="heading">
      <div id="heading" class="title" role="heading" aria-level=${this.level==="own"?2:4}>${n}</div>
      ${this.both===null?f`<p class="quiet">${this.unreachable?t.wallet.unreachable:t.loading}</p>`:this.table(this.both)}
    </section>`}table({day:t,month:n}){let{t:o,f:s}=this.words,{wallet:i}=o;return f`<table>
        <caption>
          ${i.caption(s.number(t.slots),s.number(n.slots))}
        </caption>
        <thead>
          <tr>
            <th scope="col"><span class="unseen">${i.what}</span></th>
            <th scope="col" class="number">${i.today}</th>
            <th scope="col" class="number">${i.month}</th>
          </tr>
        </thead>
        <tbody>
          ${Pl.map(a=>f`<tr data-row=${a.key}>
                <th scope="row">${i.rows[a.key].name}<small>${i.rows[a.key].from}</small></th>
                <td class="day">${this.cell(a,t,"day")}</td>
                <td class="month">${this.cell(a,n,"month")}</td>
              </tr>`)}
        </tbody>
      </table>
      ${n.undelivered===0?g:f`<p class="none">${i.undelivered(s.number(n.undelivered))}</p>`}
      ${this.followed()}`}cell(t,n,o){let{t:s,f:i}=this.words,a=t.value(n),l=t.written(a,i),d=this.open?.row.key===t.key&&this.open.when===o,c=t.known?.(n)??n.slots;return f`${a===null||a===0?l:f`<button
            class="follow"
            aria-expanded=${d}
            @click=${()=>this.follow(d?null:{row:t,when:o})}
          >
            ${l}
          </button>`}${c>=n.slots?g:f`<small>${c===0?s.wallet.untold:s.wallet.partly(i.number(c),i.number(n.slots))}</small>`}`}follow(t){this.open=t}followed(){if(this.open===null)return g;let[t,n]=Ts(this.open.when,new Date);return f`<wallet-ways
      .flat=${this.flat}
      .source=${this.source}
      .row=${this.open.row}
      .begin=${t}
      .end=${n}
      .version=${this.version}
    ></wallet-ways>`}};Ar.properties={flat:{attribute:!1},source:{attribute:!1},level:{attribute:!1},both:{state:!0},open:{state:!0},unreachable:{state:!0}},Ar.styles=[J,V`
      .title {
        font-size: 15px;
        font-weight: 650;
        margin: 0 0 6px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13.5px;
      }
      caption {
        text-align: start;
        color: var(--quiet);
        font-size: 13px;
        padding-bottom: 6px;
      }
      th,
      td {
        padding: 5px 0 5px 10px;
        border-top: 1px solid var(--line);
        vertical-align: top;
      }
      thead th {
        border-top: 0;
        color: var(--quiet);
        font-weight: 500;
        font-size: 12.5px;
      }
      tbody th {
        text-align: start;
        font-weight: 500;
        padding-left: 0;
      }
      small {
        display: block;
        color: var(--quiet);
        font-size: 12px;
        font-weight: 400;
        line-height: 1.4;
      }
      td,
      .number {
        text-align: end;
        white-space: nowrap;
      }
      td small {
        white-space: normal;
        width: 6.5em;
        margin-inline-start: auto;
      }
      .follow {
        border: 0;
        padding: 0;
        font-size: inherit;
        white-space: nowrap;
        text-decoration: underline;
        text-decoration-color: var(--line);
        text-underline-offset: 0.2em;
      }
      .none {
        color: var(--warn);
        font-size: 13px;
        margin-top: 6px;
      }
      .plain {
        background: none;
        border: 0;
        box-shadow: none;
        padding: 12px 0 0;
      }
    `];function Ts(r,e){let t=(s,i)=>new Date(e.getFullYear(),s,i).getTime()/1e3,[n,o]=[e.getMonth(),e.getDate()];return r==="day"?[t(n,o),t(n,o+1)]:[t(n,1),t(n+1,1)]}customElements.define("wallet-view",Ar);var Br=class extends K{constructor(){super(...arguments);this.words=new Z(this)}render(){let{t,f:n}=this.words,{flat:o}=this,s=o.grid_w===null?"":Ss(o.grid_w,t),i=o.battery_w===null?"":_s(o.battery_w,t),a=o.age_ms===null?null:o.age_ms+this.silentMs;return f`
      <header>
        <h3>${t.picture.flat(o.flat)}</h3>
        <button @click=${()=>this.dispatchEvent(new Event("close"))}>${t.flat.close}</button>
      </header>
      <dl>
        ${this.pair(t.flat.state,o.islanded===!0?t.flat.islanded:o.online?t.flat.online:t.flat.offline)}
        ${this.pair(t.flat.age,n.age(a))} ${this.pair(t.flat.grid,`${n.power(o.grid_w)} ${s}`)}
        ${this.pair(t.flat.load,n.power(hl(o)))} ${this.pair(t.flat.pv,n.power(o.pv_w))}
        ${this.pair(t.flat.battery,`${n.power(o.battery_w)} ${i}`)}
        ${this.pair(t.flat.soc,n.percent(o.soc))} ${this.pair(t.flat.frequency,n.frequency(o.frequency_hz))}
        ${this.pair(t.flat.registers,`${this.register(o.import_wh)} / ${this.register(o.export_wh)}`)}
        <div class="wide">
          <dt>${t.flat.fingerprint}</dt>
          <dd><code>${o.fingerprint??t.flat.notEnrolled}</code></dd>
        </div>
      </dl>
      ${this.settled()}
      ${o.device===null?g:f`<wallet-view .flat=${o.flat} .source=${this.wallet} .level=${"inside"}></wallet-view>`}
    `}settled(){let{t,f:n}=this.words,o=this.lastSlot;if(o===null)return g;let s=o.flats.find(({flat:i})=>i===this.flat.flat);return f`
      <h4>${t.flat.lastSlot(n.slot(o.slot,o.seconds,this.serverNow))}</h4>
      ${s===void 0?f`<p class="quiet">${t.flat.notInSlot}</p>`:f`<dl>
              ${this.pair(t.flat.imported,n.energy(s.import_wh))}
              ${this.pair(t.flat.exported,n.energy(s.export_wh))}
              ${this.pair(t.flat.sharedIn,n.energy(s.shared_in_wh))}
              ${this.pair(t.flat.sharedOut,n.energy(s.shared_out_wh))}
              ${this.pair(t.flat.insideMoney,n.money(s.inside_money))}
              ${this.pair(t.flat.gridMoney,n.money(s.grid_money))}
            </dl>`}
    `}register(t){let{t:n,f:o}=this.words;return t===null?n.unknown:`${o.number(t/1e3,3)} kWh`}pair(t,n){return f`<div>
      <dt>${t}</dt>
      <dd>${n}</dd>
    </div>`}};Br.properties={flat:{attribute:!1},lastSlot:{attribute:!1},silentMs:{attribute:!1},serverNow:{attribute:!1},wallet:{attribute:!1}},Br.styles=[J,V`
      :host {
        background: var(--sunken);
        border: 1px solid var(--line);
        border-radius: 10px;
        padding: 12px 14px;
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        margin-bottom: 8px;
      }
      h3,
      h4 {
        margin: 0;
        font-size: 15px;
      }
      h4 {
        margin: 12px 0 6px;
        font-size: 13px;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(172px, 1fr));
        gap: 8px 16px;
      }
      dd {
        overflow-wrap: anywhere;
      }
      .wide {
        grid-column: 1 / -1;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
    `];customElements.define("flat-detail",Br);var Lf=5,Pf=2e3,Nf=240,Or=class extends K{constructor(){super();this.words=new Z(this);this.observer=new ResizeObserver(([t])=>{t!==void 0&&(this.width=Math.floor(t.contentRect.width))});this.width=0,this.chosen=null}firstUpdated(){let t=this.renderRoot.querySelector(".frame");t!==null&&this.observer.observe(t)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect()}render(){let{t}=this.words;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.picture.heading}</h2>
      <div class="frame">
        ${this.state===null?f`<p class="quiet">${t.loading}</p>`:this.width===0?g:this.picture(this.state,Sl(this.state,Math.max(this.width,Nf)))}
      </div>
      ${this.state===null?g:f`${this.legend()}${this.detail(this.state)}`}
    </section>`}picture(t,n){let{t:o}=this.words,{width:s,height:i,lines:a,tiles:l,floors:d,groundY:c}=n,u=Math.max(Pf,...a.map(({power:h})=>Math.abs(h.known??0)));return f`
      <svg
        class=${n.size}
        viewBox="0 0 ${s} ${i}"
        width=${s}
        height=${i}
        role="group"
        aria-label=${o.picture.label(t.flats.length)}
      >
        <rect class="earth" x="0" y=${c} width=${s} height=${i-c} rx="10" />
        <g aria-hidden="true">
          ${_r(a,({key:h})=>h,h=>Ff(h,u))}
        </g>
        <g aria-hidden="true">
          ${d.map(({floor:h,x:p,y:m})=>h===null?g:ae`<text class="floor" x=${p} y=${m+4}>${o.picture.floor(h)}</text>`)}
        </g>
        <g role="list">
          ${_r(l,({flat:h})=>h?.flat??"",h=>this.tile(h,n.size,t))}
        </g>
        ${this.bulk(n,t)}
      </svg>
    `}tile(t,n,o){let{flat:s}=t;if(s===null)return this.commonTile(t,n,o);let i=s.islanded===!0?"islanded":s.online?"online":"offline";return ae`<g role="listitem"><g
      role="button"
      tabindex="0"
      class="flat ${i} ${s.flat===this.chosen?"chosen":""}"
      data-flat=${s.flat}
      data-kind=${i}
      data-watt=${s.grid_w??"unknown"}
      aria-label=${Es(s,this.words)}
      aria-expanded=${s.flat===this.chosen?"true":"false"}
      @click=${()=>this.choose(s)}
      @keydown=${a=>this.chooseByKey(a,s)}
    >${Tl(t,s,n,this.words)}</g></g>`}commonTile({x:t,y:n,width:o,height:s},i,a){let{t:l,f:d}=this.words,c=d.power(a.building.common_w),u=t+(i==="small"?6:9),h=i==="large"?[n+22,t+o-9,n+22]:[n+14,u,n+s-5];return ae`<g role="listitem" aria-label="${l.picture.common} ${c}" class="common ${i==="large"&&o<124?"tight":""}">
      <rect class="tile" x=${t} y=${n} width=${o} height=${s} rx="9" />
      <text class="name" x=${u} y=${h[0]}>${l.picture.common}</text>
      <text class="watt ${i==="large"?"end":""}" x=${h[1]} y=${h[2]}>${c}</text>
    </g>`}bulk({meter:t,grid:n},o){let{t:s,f:i}=this.words,a=o.building.bulk_w,l=a===null?"":a>0?s.now.importing:a<0?s.now.exporting:s.now.balanced,d=`M${n.x+22} ${n.y+47}l7 -34l7 34M${n.x+20} ${n.y+20}h18M${n.x+22} ${n.y+28}h14M${n.x+25} ${n.y+33}l9 8M${n.x+33} ${n.y+33}l-9 8`;return ae`
      <g role="img" aria-label="${s.picture.meter} ${l} ${i.power(a)}" class="node" data-node="meter">
        <rect class="tile" x=${t.x} y=${t.y} width=${t.width} height=${t.height} rx="10" />
        <text class="small" x=${t.x+12} y=${t.y+21}>${s.picture.meter}</text>
        <text class="watt ${Tr(a)}" x=${t.x+12} y=${t.y+45}>${i.power(a)}</text>
      </g>
      <g role="img" aria-label=${s.picture.grid} class="node" data-node="grid">
        <rect class="tile" x=${n.x} y=${n.y} width=${n.width} height=${n.height} rx="10" />
        <path class="pylon" d=${d} />
        <text class="name" x=${n.x+50} y=${n.y+26}>${s.picture.grid}</text>
        <text class="small" x=${n.x+50} y=${n.y+44}>${i.frequency(o.building.frequency_hz)}</text>
      </g>
    `}legend(){let{t}=this.words;return f`<ul class="legend">
      <li><i class="take"></i>${t.picture.legendIn}</li>
      <li><i class="give"></i>${t.picture.legendOut}</li>
      <li><i class="unknown"></i>${t.picture.legendUnknown}</li>
      <li>${t.picture.legendWidth}</li>
      ${this.stale?f`<li class="warn">${t.connection.stale}</li>`:f`<li>${t.picture.choose}</li>`}
    </ul>`}detail(t){let n=t.flats.find(o=>o.flat===this.chosen);return n===void 0?g:f`<flat-detail
      .flat=${n}
      .lastSlot=${this.slots?.[0]??null}
      .silentMs=${this.silentMs}
      .serverNow=${t.time_ms}
      .wallet=${this.wallet}
      @close=${()=>this.choose(n)}
    ></flat-detail>`}choose(t){this.chosen=this.chosen===t.flat?null:t.flat,this.chosen!==null&&this.updateComplete.then(()=>{this.renderRoot.querySelector("flat-detail")?.scrollIntoView({block:"nearest"})})}chooseByKey(t,n){t.key!=="Enter"&&t.key!==" "||(t.preventDefault(),this.choose(n))}};Or.properties={state:{attribute:!1},slots:{attribute:!1},stale:{type:Boolean,reflect:!0},silentMs:{attribute:!1},wallet:{attribute:!1},width:{state:!0},chosen:{state:!0}},Or.styles=[J,Ol];function Ff({x1:r,y1:e,x2:t,y2:n,power:o},s){let i=o.known,a=i===null?1.5:_l(i,s),l=`${Tr(i)}${o.partial?" partial":""}`,d=`M${r} ${e}L${t} ${n}`,c=i!==null&&Math.abs(i)>=Lf;return ae`<path class="line ${l}" d=${d} stroke-width=${a.toFixed(1)} />
    ${c?ae`<path class="flow ${l}" d=${d} stroke-width=${Math.max(1.6,a*.5).toFixed(1)} />`:g}`}customElements.define("flow-picture",Or);var Uf=6e4,Df=6e5;function Ul(r,e,t,n){let{status:o}=r,s=o.kind==="checked",i=If(r.quorum,e);return{flats:s?o.tally.find(({group:a})=>a===bs)??null:Fl(e),others:s?o.tally.filter(({group:a})=>a!==bs):[],verifiedHere:s,quorum:i,warning:o.kind==="none"||!s&&Fl(e)===null?null:Hf(i,t,n)}}function Fl(r){return r===null||r.cosigners===null||r.witnesses===null||r.needed===null||r.needed===0?null:{signed:r.cosigners,members:r.witnesses,needed:r.needed}}function If(r,e){let{quorum_size:t=null,quorum_ms:n=null}=e??{};return t!==null&&n!==null&&t>(r?.size??0)?{size:t,ms:n,verifiedHere:!1}:r===null?null:{...r,verifiedHere:!0}}function Hf(r,e,t){return e.size===null||e.ageMs===null||e.size<=(r?.size??0)||e.ageMs<=Uf?null:r!==null&&t-r.ms>Df?"old":"waits"}var qf=6e4,Mr=class extends K{constructor(){super(...arguments);this.words=new Z(this)}render(){let{t}=this.words,n=Ul(this.view,this.told,this.head,this.now),{mirrors:o}=this,{change:s}=this.view,i=n.verifiedHere&&n.quorum?.verifiedHere!==!1;return f`<h3>${t.witnesses.heading} ${i&&this.anybody(n)?this.mark():g}</h3>
      ${s===null?g:this.changed(s)}
      <div class="witnesses" data-kind=${this.view.status.kind}>${this.witnesses(n,!i)}</div>
      ${o===null?g:f`<h3>${t.witnesses.copies}</h3>
              ${this.unmirrored()}
              <div class="copies">${this.copies(o)}</div>`}`}anybody({flats:t,others:n}){return t!==null||n.length>0}mark(){return f`<span class="here">✓ ${this.words.t.witnesses.here}</span>`}witnesses(t,n){let{t:o}=this.words,{status:s}=this.view;return s.kind==="none"||s.kind==="waiting"&&!this.anybody(t)?f`<p class="quiet">${s.kind==="none"?o.witnesses.none:o.loading}</p>`:f`${this.signed(t,n)} ${this.quorum(t,n)} ${this.troubles(t)}`}changed(t){let{t:n}=this.words,{pinned:o,served:s,added:i,removed:a,rekeyed:l,unnamed:d,dropped:c}=t,u=[[n.witnesses.added,i],[n.witnesses.removed,a],[n.witnesses.rekeyed,l]];return f`<div class="changed ${d.length>0||c?"wrong":"warning"}" role="alert">
      <p><strong>${n.witnesses.changed}</strong></p>
      <p>${n.witnesses.changedHelp}</p>
      <dl>
        <dt>${n.witnesses.pinned}</dt>
        <dd><code>${o}</code></dd>
        <dt>${n.witnesses.served}</dt>
        <dd><code>${s}</code></dd>
        ${u.map(([h,p])=>p.length===0?g:f`<dt>${h}</dt>
                <dd>${this.named(p)}</dd>`)}
      </dl>
      ${c?f`<p>${n.witnesses.dropped}</p>`:g}
      ${i.length+l.length===0?g:f`<p>${d.length===0?n.witnesses.allNamed:n.witnesses.unnamed(this.named(d))}</p>`}
      <button class="accept" @click=${()=>this.dispatchEvent(new Event("accept-policy"))}>
        ${n.witnesses.accept}
      </button>
    </div>`}signed({flats:t,others:n,verifiedHere:o},s){let{t:i,f:a}=this.words,l=o&&s?this.mark():g,d=n.map(({signed:p,members:m,needed:w})=>f`<p class="outside">
          ${i.witnesses.outside(a.number(p),a.number(m),a.number(w))} ${l}
        </p>`);if(t===null)return f`${d}`;let{signed:c,members:u,needed:h}=t;return f`<p class="flats" data-here=${o}>
        ${i.witnesses.flats(a.number(c),a.number(u),a.number(h))} ${l}
      </p>
      ${d}`}quorum({quorum:t},n){let{t:o,f:s}=this.words;if(t===null)return f`<p class="quorum quiet">${o.witnesses.noQuorum}</p>`;let i=t.verifiedHere&&n?this.mark():g;return f`<p class="quorum" data-here=${t.verifiedHere}>
      ${o.witnesses.quorum(s.moment(t.ms,this.now),s.number(t.size))} ${i}
    </p>`}troubles({warning:t,quorum:n}){let{t:o,f:s}=this.words,{status:i}=this.view,a=s.lasting(this.head.ageMs??0);return f`${i.kind==="checked"&&i.wrong.length>0?f`<p class="wrong" role="alert">${o.witnesses.wrong(this.named(i.wrong))}</p>`:g}
    ${t===null?g:f`<p class="warning" data-kind=${t} role="status">
            ${t==="old"&&n!==null?o.witnesses.old(s.moment(n.ms,this.now),a):o.witnesses.waits(a)}
          </p>`}
    ${i.kind==="checked"&&i.unread.length>0?f`<p class="quiet">${o.witnesses.unread(this.named(i.unread))}</p>`:g}
    ${i.kind==="unreachable"||i.kind==="failed"?f`<p class="warning" data-kind=${i.kind}>${o.witnesses[i.kind]}</p>
            <details>
              <summary>${o.log.detail}</summary>
              <p>${i.detail}</p>
            </details>`:g}`}unmirrored(){let{t,f:n}=this.words,o=this.told?.unmirrored_ms??null;return o===null||this.now-o<qf?g:f`<p class="warning unmirrored" role="status">${t.witnesses.unmirrored(n.lasting(this.now-o))}</p>`}copies(t){let{t:n,f:o}=this.words;if(t.length===0)return f`<p class="quiet">${n.witnesses.noCopies}</p>`;let s=Math.max(this.head.size??0,...t.map(({size:a})=>a)),i=t.filter(({size:a})=>a===s).length;return f`<p>${n.witnesses.copiesHeld(o.number(t.length),o.number(i),o.number(s))}</p>
      <ul>
        ${t.map(({flat:a,size:l,signed_ms:d})=>f`<li class=${l===s?"":"behind"} title=${o.age(this.now-d)}>
              ${a===null?n.unknown:n.picture.flat(a)}${l===s?" ✓":`${n.witnesses.behind(o.number(s-l))}`}
            </li>`)}
      </ul>`}named(t){let{t:n}=this.words;return t.map(o=>{let s=this.names.get(o);return s===void 0?o.slice(0,16):n.picture.flat(s)}).join(n.witnesses.comma)}};Mr.properties={view:{attribute:!1},told:{attribute:!1},mirrors:{attribute:!1},head:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},Mr.styles=[J,V`
      :host {
        border-top: 1px solid var(--line);
        margin-top: 14px;
        padding-top: 12px;
        font-size: 13.5px;
      }
      h3 {
        margin: 0 0 4px;
        font-size: 13.5px;
        font-weight: 650;
      }
      h3:not(:first-child) {
        margin-top: 12px;
      }
      p + p {
        margin-top: 3px;
      }
      .here {
        color: var(--good);
        font-size: 12.5px;
        font-weight: 400;
        white-space: nowrap;
      }
      .warning {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .wrong {
        background: var(--bad-soft);
        color: var(--bad);
        border-radius: 8px;
        padding: 8px 12px;
        margin: 8px 0;
      }
      .changed {
        color: var(--text);
      }
      .changed strong {
        font-weight: 650;
      }
      .changed.wrong strong {
        color: var(--bad);
      }
      .changed dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 12px;
        margin: 6px 0;
        font-size: 12.5px;
      }
      .changed dd {
        overflow-wrap: anywhere;
      }
      .changed button {
        margin-top: 8px;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 6px;
        margin: 6px 0 0;
        padding: 0;
      }
      li {
        border: 1px solid var(--line);
        border-radius: 99px;
        padding: 0 10px;
        font-size: 12.5px;
      }
      li.behind {
        background: var(--sunken);
        color: var(--quiet);
      }
    `];customElements.define("witness-panel",Mr);var Cr=class extends K{constructor(){super(...arguments);this.words=new Z(this)}render(){let{t,f:n}=this.words,{status:o,head:s,failures:i,lastFailure:a}=this.log;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.log.heading}</h2>
      <p class="quiet">${t.log.explanation}</p>
      <div class="state ${o.kind}" data-kind=${o.kind} role="status">${this.status()}</div>
      ${i>0&&o.kind!=="failed"&&a!==null?f`<p class="before">${t.log.failedBefore(i,n.time(a))}</p>`:g}
      <dl>
        <dt>${t.log.origin}</dt>
        <dd>${s?.origin??t.unknown}</dd>
        <dt>${t.log.size}</dt>
        <dd data-value="size">${s===null?t.unknown:n.number(Dl(s.size))}</dd>
        <dt>${t.log.root}</dt>
        <dd><code title=${s?.root??""}>${s===null?t.unknown:zf(s.root)}</code></dd>
        <dt>${t.log.age}</dt>
        <dd>${n.age(this.ageMs)}</dd>
        <dt title=${t.log.fingerprintHelp}>${t.log.fingerprint}</dt>
        <dd title=${t.log.fingerprintHelp}><code>${this.fingerprint??t.unknown}</code></dd>
      </dl>
      <button class="again" ?disabled=${o.kind==="checking"} @click=${()=>this.ask("verify-all")}>
        ${t.log.again}
      </button>
      <witness-panel
        .view=${this.witnesses}
        .told=${this.witnessed}
        .mirrors=${this.mirrors}
        .head=${{size:s===null?null:Dl(s.size),ageMs:this.ageMs}}
        .now=${this.now}
        .names=${this.names}
        @accept-policy=${()=>this.ask("accept-policy")}
      ></witness-panel>
    </section>`}status(){let{t,f:n}=this.words,{status:o}=this.log;switch(o.kind){case"waiting":return f`<strong>${t.log.waiting}</strong>`;case"checking":return f`<strong>${t.log.checking(n.number(o.done),n.number(o.size))}</strong>`;case"verified":{let{size:s,hashed:i,milliseconds:a,continues:l}=o,[d,c]=[n.number(s),n.number(Math.max(1,Math.round(a)))],u=i===s?t.log.verifiedAll(d,c):i===0?t.log.verifiedSame(d):t.log.verifiedRest(d,n.number(i),c);return f`<strong>${t.log.verified} ✓</strong>
          <p>${u}</p>
          ${l===null||l===0||l===s?g:f`<p>${t.log.continues(n.number(l))}</p>`}`}case"unreachable":return f`<strong>${t.log.unreachable}</strong>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
          </details>`;case"failed":return f`<strong>${t.log.failed}</strong>
          <p class="reason" data-code=${o.code}>${t.log.reasons[o.code]}</p>
          ${o.index===null?g:f`<p>${t.log.entry(String(o.index))}</p>`}
          <p>${t.log.advice}</p>
          <details>
            <summary>${t.log.detail}</summary>
            <p class="technical">${o.detail}</p>
            ${["shrunk","fork","key"].includes(o.code)?f`<p>${t.log.forgetHelp}</p>
                    <button class="forget" @click=${()=>this.ask("forget-log")}>${t.log.forget}</button>`:g}
          </details>`}}ask(t){this.dispatchEvent(new Event(t))}};Cr.properties={log:{attribute:!1},fingerprint:{attribute:!1},ageMs:{attribute:!1},witnesses:{attribute:!1},witnessed:{attribute:!1},mirrors:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},Cr.styles=[J,V`
      .state {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 10px 0 14px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      .state strong {
        display: block;
        font-size: 16px;
        font-weight: 650;
        line-height: 1.4;
      }
      .verified {
        background: var(--good-soft);
        border-color: transparent;
      }
      .verified strong {
        color: var(--good);
      }
      .unreachable {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .failed {
        background: var(--bad-soft);
        border-color: var(--bad);
      }
      .failed strong {
        color: var(--bad);
      }
      .state p {
        font-size: 13.5px;
        margin-top: 4px;
      }
      details {
        margin-top: 8px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      .technical {
        overflow-wrap: anywhere;
        margin: 6px 0;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 16px;
        margin-bottom: 14px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12.5px;
      }
      .before {
        color: var(--bad);
        font-size: 13px;
        margin-bottom: 10px;
      }
    `];function Dl(r){return/^[0-9]{1,15}$/.test(r)?Number(r):null}function zf(r){return r.length>20?`${r.slice(0,8)}…${r.slice(-8)}`:r}customElements.define("log-panel",Cr);function Il({outcome:r,orders:e}){if(r===null||r==="traded"&&e.length===0)return null;let t={offered:0,wanted:0};for(let{side:n,wh:o,filled_wh:s}of e){let i=r==="traded"?o-(s??0):o;n==="ask"?t.offered+=i:t.wanted+=i}return t}function oo(r){let e=0;for(let{outcome:t,energy_wh:n}of r)if(t==="traded"){if(n===null)return null;e+=n}return e}var Te=class extends Error{constructor(){super(...arguments);this.name="DocumentError"}};var Lr=1e11;function so(){return[{name:"building",parent:0,depth:0,imports:Lr,exports:Lr}]}function Hl(){return[...so(),{name:"green",parent:0,depth:1,imports:0,exports:Lr}]}function ql(r){return r.some(e=>e.parent!==null&&(e.import_limit_wh??e.export_limit_wh)!==null)}function zl(r){let e=[],t=new Map,n=r.filter(({parent:o})=>o===null);for(let o=0;n.length>0;o+=1){for(let s of n)t.set(s.id,e.length),e.push({name:s.id,parent:t.get(s.parent??"")??0,depth:o,imports:s.import_limit_wh??Lr,exports:s.export_limit_wh??Lr});n=n.flatMap(({id:s})=>r.filter(({parent:i})=>i===s))}if(t.size!==r.length||e.length!==r.length)throw new Te("the lines are no tree");return e}function Wl(r,e){let t=r.findIndex(n=>n.name===e);if(t<0)throw new Te(`${e??"no node"} is none of the lines`);return t}function Vl(r,e){let t=[...e];for(let n=r.length-1;n>0;n-=1)Pr(t,r[n]?.parent??0,t[n]??0);return t}function Kl(r,e){return r.map((t,n)=>({...t,imports:t.imports+(e[n]??0),exports:t.exports-(e[n]??0)}))}function jt(r,e,t){let[n,o]=[r[t],e[t]];return t===0||n===void 0?[!1,!1]:[o===-n.imports,o===n.exports]}function jl(r,e,t){let[n,o]=[e,t];for(;n!==o;){let[s,i]=[r[n],r[o]];if(s===void 0||i===void 0)throw new Error("a node has no number beyond the tree");s.depth>=i.depth?n=s.parent:o=i.parent}return n}function Gl(r,e,t){let n=[];for(let o=e;o!==t;o=r[o]?.parent??t)n.push(o);return n}function Pr(r,e,t){r[e]=(r[e]??0)+t}var Wf=D({seller:v,buyer:v,wh:C,price:C,seller_price:oe(C)}),Vf=D({stage:v,slot:C,trades:C,prices:oe(sn(C)),threshold:oe(C),seller:oe(v),buyer:oe(v)}),Kf=D({objective:v,price:v,stages:I(Vf),left_out:I(v),bounds:I(r=>r)}),jf=D({format:v,slot:C,book:v,without:oe(I(v)),result:D({energy_wh:C,gain:C,gap:C,trades:I(Wf),certificate:Kf})}),Gf=D({side:v,wh:C,limit:C,attributes:oe(I(v)),requires:oe(I(v)),partner:oe(v)}),Yf=new Set(["side","wh","limit","attributes","requires","partner"]),Zf=D({id:v,parent:oe(v),import_limit_wh:oe(C),export_limit_wh:oe(C)}),Xf=D({format:v,origin:v,slot:C,objective:v,price:v,lines:k(I(Zf)),offers:I(D({blind:v,node:k(v),orders:I(r=>r)})),round:C,withheld:I(v)}),Jf=new Set(["green","solar","wind","hydro","biomass","geothermal"]),Qf=new Set(["local-vpp book 3","local-vpp book 2"]),eh="local-vpp result 3",Yl="local-vpp result 2",th=16;function Rs(r){return ue(Je(r))}function As(r,e=[]){let t=Jl(r),n=Xf(t,"book");if(!Qf.has(n.format))throw new Te(`${n.format} is not known here`);let o=n.lines!==null&&ql(n.lines)?zl(n.lines):null,s=[],i=[];for(let d of n.offers){let c=Os("local-vpp orders\0",Zl(d.blind),"\0",JSON.stringify(d.orders));if(s.push(c),e.includes(d.blind))continue;let u=ue(c.slice(0,th)),h=o===null?0:Wl(o,d.node);d.orders.forEach((p,m)=>i.push(nh(p,`${u}-${m}`,h,d.blind)))}let a=e.find(d=>!n.offers.some(c=>c.blind===d));if(a!==void 0)throw new Te(`${a} is no offer of the book`);let l=[...s,...n.withheld.map(Zl)].sort(Ql);return{name:Rs(r),slot:n.slot,objective:n.objective,price:n.price,tree:o,orders:rh(i),seed:oh(n.origin,n.slot,n.round,l)}}function Xl(r){let e=jf(Jl(r),"result");if(e.format!==eh&&e.format!==Yl)throw new Te(`${e.format} is not known here`);if(e.without===null!=(e.format===Yl))throw new Te(`${e.format} is without ${String(e.without)}`);return e}function Bs(r){let e=r.orders.map(t=>({order:t,draw:Os(r.seed,t.id)}));return e.sort((t,n)=>Ql(t.draw,n.draw)||(t.order.id<n.order.id?-1:1)),e.map(({order:t})=>t)}function rh(r){let e=new Map;for(let{flat:t,partner:n}of r)n!==null&&e.set(n,(e.get(n)??new Set).add(t));return r.map(t=>{let[n,o,...s]=e.get(t.partner??"")??[];return n===void 0||o===void 0||s.length>0?{...t,partner:null}:{...t,partner:t.flat===n?o:n}})}function nh(r,e,t,n){let o=Gf(r,e),s=Object.keys(r).find(u=>!Yf.has(u));if(s!==void 0)throw new Te(`${e}: an order's ${s} is not known here`);if(o.side!=="bid"&&o.side!=="ask")throw new Te(`${e}: ${o.side} is no side`);let{side:i,wh:a,limit:l}=o,d=(o.attributes??[]).some(u=>Jf.has(u)),c=(o.requires??[]).includes("green");return{id:e,side:i,wh:a,limit:l,wantsGreen:c,green:d,place:t,flat:n,partner:o.partner}}function oh(r,e,t,n){let o=new TextEncoder().encode(r),s=new DataView(new ArrayBuffer(4+o.length+8));return s.setUint32(0,o.length),new Uint8Array(s.buffer).set(o,4),s.setBigUint64(4+o.length,BigInt(e)),Os("local-vpp seed\0",new Uint8Array(s.buffer),Uint8Array.of(t),...n)}function Jl(r){let e=new TextDecoder("utf-8",{fatal:!0}).decode(r),t=JSON.parse(e);if(JSON.stringify(t)!==e)throw new Te("it is not written as a document is");return t}function Os(...r){let e=new TextEncoder;return Je($e(...r.map(t=>typeof t=="string"?e.encode(t):t)))}function Zl(r){if(!/^([0-9a-f]{2})*$/.test(r))throw new Te(`${r.slice(0,40)} is not hex`);return Uint8Array.from(r.match(/../g)??[],e=>Number.parseInt(e,16))}function Ql(r,e){let t=r.findIndex((n,o)=>n!==e[o]);return t<0?r.length-e.length:(r[t]??0)-(e[t]??0)}function io({tree:r}){return r.length>1}function ao({ask:r,bid:e}){return[r.order.id,e.order.id]}var sh=1e6;function ed(r,e){if(r.objective==="energy"){dh(r,e);return}ih(r,e),ah(r,e)}function ih({proof:r,tree:e,lots:t,flows:n},o){let s=r.prices??{},i=e.map(({name:h})=>s[h]??-1);if(!(Object.keys(s).length===e.length)||i.some(h=>h<0||h>sh)){o("best","noCertificate");return}let l=h=>i[h]??0,d=({bid:h,limit:p,place:m})=>h?p-l(m):l(m)-p,[c,u]=[0n,0n];for(let h of t)c+=BigInt(Math.max(d(h),0))*BigInt(h.wh),u+=BigInt(h.bid?h.limit:-h.limit)*BigInt(h.fill);if(e.slice(1).forEach(({parent:h,imports:p,exports:m},w)=>{let $=l(h)-l(w+1);c+=BigInt(Math.abs($))*BigInt($>0?m:p)}),c!==u){o("best","bound",{is:Number(u),should:Number(c)});for(let h of t){let{order:p,fill:m,wh:w,limit:$,place:B}=h;d(h)>0&&m<w&&o("best","couldTrade",{orders:[p.id],wh:w-m,is:m,should:w}),d(h)<0&&m>0&&o("best","loses",{orders:[p.id],wh:m,is:$,should:l(B)})}e.forEach(({name:h,parent:p},m)=>{let w=l(p)-l(m),[$,B]=jt(e,n,m);(w>0&&!B||w<0&&!$)&&o("best","hasRoom",{node:h})})}}function ah({tree:r,lots:e,flows:t},n){let o=r.map(()=>null),s=r.map(()=>null);for(let i of e){let[a,l]=[i.fill>0,i.fill<i.wh],[d,c]=i.bid?[l,a]:[a,l];d&&(o[i.place]=Nr(o[i.place]??null,i)),c&&(s[i.place]=Fr(s[i.place]??null,i))}for(let i=r.length-1;i>0;i-=1){let a=r[i]?.parent??0,[l,d]=jt(r,t,i);l||(o[a]=Nr(o[a]??null,o[i]??null)),d||(s[a]=Fr(s[a]??null,s[i]??null))}for(let i=0;i<r.length;i+=1){let a=r[i]?.parent??0,[l,d]=jt(r,t,i);if(i>0&&!d&&(o[i]=Nr(o[i]??null,o[a]??null)),i>0&&!l&&(s[i]=Fr(s[i]??null,s[a]??null)),lh(o[i]??null,s[i]??null,n))return}}function lh(r,e,t){if(r===null||e===null||r.key<=e.key)return!1;let n=Math.min(Math.max(r.fill,1),Math.max(e.wh,1));return t("best","turned",{orders:[r.order.id,e.order.id],wh:n,is:r.fill,should:e.fill}),!0}function dh(r,e){let{proof:t,lots:n,pairs:o}=r;if(io(r))throw new Error("energy over lines is not covered");let s=t.threshold;if(s===null){e("best","noCertificate");return}let i=n.filter(({bid:l,limit:d})=>l?d>s:d<=s).reduce((l,{wh:d})=>l+d,0),a=o.reduce((l,{trade:d})=>l+d.wh,0);a!==i&&e("best","cut",{wh:Math.abs(i-a),is:a,should:i});for(let l of[!1,!0]){let[d,c]=l?[Nr,Fr]:[Fr,Nr],u=n.filter(({bid:w})=>w===l),h=u.filter(({fill:w})=>w>0).reduce(c,null),p=u.filter(({fill:w,wh:$})=>w<$).reduce(d,null);if(h===null||p===null||c(h,p)===p||h===p)continue;let m=[h.order.id,p.order.id];e("best","turned",{orders:m,wh:h.fill,is:h.fill,should:p.fill})}}function Nr(r,e){return r===null||e!==null&&e.key>r.key?e:r}function Fr(r,e){return r===null||e!==null&&e.key<r.key?e:r}function td(r,e){let{tree:t,pairs:n}=r,o=n.map(({ask:s,bid:i})=>jl(t,s.place,i.place));n.slice(1).forEach((s,i)=>{let a=n[i],[l,d]=[o[i+1]??0,o[i]??0];if(a===void 0)return;let[c,u]=[t[l]?.depth??0,t[d]?.depth??0];if(c<u||c===u&&l>d)return;let[h,p]=[s.ask.turn-a.ask.turn,s.bid.turn-a.bid.turn];l===d&&h>=0&&p>=0&&h+p>0||e("pairs","pairing",{orders:[...ao(s),...ao(a)],wh:s.trade.wh})}),io(r)&&ch(r,o,e)}function ch({tree:r,pairs:e},t,n){let o=[];for(let s of["ask","bid"]){let i=r.map(()=>-1),a=r.map(()=>1/0),l=r.map(()=>0);e.forEach((d,c)=>{let[u,h]=[d[s],t[c]??0];i[h]=Math.max(i[h]??-1,u.turn);for(let p of Gl(r,u.place,h))a[p]=Math.min(a[p]??1/0,u.turn),Pr(l,p,d.trade.wh)}),r.forEach(({name:d},c)=>{(a[c]??1/0)<(i[c]??-1)&&n("pairs","awayFirst",{node:d})}),o.push(l)}r.forEach(({name:s},i)=>{let a=Math.min(...o.map(l=>l[i]??0));a>0&&n("pairs","bothWays",{node:s,wh:a})})}function rd(r,e){let t=uh(r);for(let n of r.pairs){let{trade:o}=n,s=t(n),i=o.seller_price??o.price;o.price===s&&i===s||e("prices","price",{orders:ao(n),wh:o.wh,is:o.price===s?i:o.price,should:s})}}function uh(r){if(r.rule==="bid")return({bid:a})=>a.limit;if(r.rule==="pair"||r.objective==="energy")return({ask:a,bid:l})=>Math.floor((a.limit+l.limit)/2);let{tree:e,lots:t,flows:n}=r,o=[];e.forEach(({parent:a},l)=>{o.push(l===0||jt(e,n,l).includes(!0)?l:o[a]??0)});let s=e.map(()=>-1),i=e.map(()=>1/0);for(let{bid:a,limit:l,place:d,fill:c}of t){let u=o[d]??0;c>0&&a&&(i[u]=Math.min(i[u]??1/0,l)),c>0&&!a&&(s[u]=Math.max(s[u]??-1,l))}return({ask:a,bid:l})=>Math.floor(((s[o[a.place]??0]??-1)+(i[o[l.place]??0]??1/0))/2)}var nd=["book","possible","best","pairs","prices"],fh=20;function od(r){return r.objective==="energy"&&r.tree!==null?"lines":["gain","energy"].includes(r.objective)?["mid","pair","bid"].includes(r.price)?null:"rule":"objective"}function sd(r,e){let t=[],n=(a,l,d={})=>{t.filter(c=>c.code===l).length>=fh||t.push({step:a,code:l,orders:[],node:"",wh:null,is:0,should:0,...d})},o=new Map(r.orders.map(a=>[a.id,a]));hh(r,e,o,n);let s=yh(r,e,o,n),i=t.some(({step:a,code:l})=>a==="possible"||l==="stages");if(s===null||i)return{found:t,open:["best","pairs","prices"]};for(let a of s)ed(a,n),td(a,n),rd(a,n);return{found:t,open:[]}}function hh(r,e,t,n){let{result:o}=e,{certificate:s}=o;(e.book!==r.name||e.slot!==r.slot)&&n("book","otherBook"),(s.objective!==r.objective||s.price!==r.price)&&n("book","otherRules");let i=o.trades.reduce((d,{wh:c})=>d+c,0);i!==o.energy_wh&&n("book","energySum",{wh:Math.abs(i-o.energy_wh),is:o.energy_wh,should:i});let a=d=>BigInt(t.get(d)?.limit??0),l=o.trades.reduce((d,{buyer:c,seller:u,wh:h})=>d+BigInt(h)*(a(c)-a(u)),0n);l!==BigInt(o.gain)&&n("book","gainSum",{is:o.gain,should:Number(l)}),(o.gap!==0||s.left_out.length+s.bounds.length>0)&&n("book","stages")}function ph(r){let e=Bs(r).filter(({partner:n})=>n!==null),t=new Map;for(let{side:n,flat:o,partner:s}of e){let i=n==="ask"?[o,s??""]:[s??"",o];t.set(i.join(),i)}return[...t.values()].flatMap(([n,o])=>{let s=e.filter(({side:a,flat:l})=>a==="ask"&&l===n),i=e.filter(({side:a,flat:l})=>a==="bid"&&l===o);return[!0,!1].flatMap(a=>{let l=s.filter(m=>m.green||!a),d=i.filter(m=>m.wantsGreen===a);if(l.length===0||d.length===0)return[];let c=new Set([...l,...d]),u=m=>c.has(m),[h,p]=[m=>m.place,r.tree??so()];return[{name:"partners",pair:[n,o],takesPart:u,place:h,tree:p}]})})}function mh(r){return[...ph(r),...gh(r)]}function gh({objective:r,orders:e,tree:t}){let[n,o]=[t??so(),null],s=d=>d.place,i=d=>d.wantsGreen||d.side==="ask"&&d.green,a=e.some(d=>d.wantsGreen);if(a&&r==="gain"&&t===null)return[{name:"market",pair:o,takesPart:()=>!0,place:c=>Number(i(c)),tree:Hl()}];let l={name:"market",pair:o,takesPart:d=>!d.wantsGreen,place:s,tree:n};return a?[{name:"green",pair:o,takesPart:i,place:s,tree:n},l]:[l]}function yh(r,{result:e},t,n){let{stages:o}=e.certificate,s=mh(r);for(let{seller:m,buyer:w,wh:$}of e.trades)for(let B of[m,w])t.has(B)||n("possible","unknownOrder",{orders:[B],wh:$});let i=o.reduce((m,{trades:w})=>m+Math.max(w,0),0)===e.trades.length,a=o.map(({stage:m,seller:w,buyer:$})=>[m,w,$].join()),l=s.map(({name:m,pair:w})=>[m,...w??[null,null]].join());if(!i||a.join(" ")!==l.join(" "))return n("book","stages"),null;if(e.trades.some(({seller:m,buyer:w})=>!t.has(m)||!t.has(w)))return null;let d=Bs(r),c=new Map(d.map(({id:m,wh:w})=>[m,w])),u=[],[h,p]=[0,null];return s.forEach((m,w)=>{let $=o[w];if($===void 0)return;let B=e.trades.slice(h,h+$.trades);h+=$.trades;let T=p===null?m.tree:Kl(m.tree,p),b=wh(r,$,{...m,tree:T},d,c,B,n);for(let{order:O,fill:N}of b.lots)c.set(O.id,Math.max(0,(c.get(O.id)??0)-N));let E=p;p=b.flows.map((O,N)=>O+(E?.[N]??0)),u.push(b)}),u}function wh(r,e,t,n,o,s,i){let{tree:a}=t,l=n.filter(t.takesPart),d=new Map;for(let{seller:T,buyer:b,wh:E}of s)for(let O of[T,b])d.set(O,(d.get(O)??0)+E);let c=l.length,u=new Map([...l].sort(bh).map(({id:T},b)=>[T,b])),h=l.map((T,b)=>{let E=T.side==="bid",{id:O,limit:N}=T,Q=(N*2+Number(E))*c+(E?c-1-b:b),[X,H,q]=[o.get(O)??0,d.get(O)??0,u.get(O)??0];return{order:T,bid:E,wh:X,limit:N,place:t.place(T),fill:H,key:Q,turn:q}}),p=new Map(h.map(T=>[T.order.id,T])),m=[];for(let T of s){let[b,E]=[p.get(T.seller),p.get(T.buyer)];b===void 0&&i("possible","stranger",{orders:[T.seller],wh:T.wh}),E===void 0&&i("possible","stranger",{orders:[T.buyer],wh:T.wh}),b!==void 0&&E!==void 0&&m.push({trade:T,ask:b,bid:E})}let w=a.map(()=>0);for(let{bid:T,fill:b,place:E}of h)Pr(w,E,T?-b:b);let $=Vl(a,w),B={proof:e,tree:a,lots:h,pairs:m,flows:$,objective:r.objective,rule:r.price};return vh(B,i),B}function bh(r,e){return r.limit-e.limit||r.wh-e.wh}function vh({tree:r,lots:e,pairs:t,flows:n},o){for(let{trade:s,ask:i,bid:a}of t){let[l,{wh:d,price:c}]=[[i.order.id,a.order.id],s];d<1&&o("possible","noEnergy",{orders:l,wh:d}),i.bid&&o("possible","wrongSide",{orders:[i.order.id],wh:d}),a.bid||o("possible","wrongSide",{orders:[a.order.id],wh:d});let u=s.seller_price??c;(c>a.limit||u<i.limit||u>c)&&o("possible","outsideLimits",{orders:l,wh:d,is:c,should:u<i.limit?i.limit:a.limit}),a.order.wantsGreen&&!i.order.green&&o("possible","notGreen",{orders:l,wh:d})}for(let{order:s,fill:i,wh:a}of e)i>a&&o("possible","tooMuch",{orders:[s.id],wh:i-a,is:i,should:a});r.forEach(({name:s,imports:i,exports:a},l)=>{let d=n[l]??0,c=Math.max(d-a,-d-i);if(l>0&&c>0){let u=Math.abs(d);o("possible","overLine",{node:s,wh:c,is:u,should:u-c})}})}var lo="c2sp.org/tlog-proof@v1",id=63,xh=12e5;function ad(r){if(r.length>xh)throw new S("format",`a proof of ${r.length} bytes`);let e=r.findIndex((i,a)=>i===10&&r[a+1]===10);if(e<0)throw new S("format","a proof has an empty line before its head");let t=r.slice(0,e);if(t.some(i=>i>127))throw new S("format","a proof's own lines are ASCII");let n=new TextDecoder().decode(t).split(`
`);if(n.shift()!==lo)throw new S("format",`a proof starts with ${lo}`);n[0]?.startsWith("extra ")===!0&&Ue(n.shift()?.slice(6)??"","the proof's extra data");let[o="",...s]=n;if(!o.startsWith("index "))throw new S("format","a proof tells the index of its entry");if(s.length>id)throw new S("format",`a proof's path has at most ${id} hashes`);return{index:hn(o.slice(6),"the proof's index"),path:s.map(i=>We(Ue(i,"a hash of the proof's path"))),checkpoint:r.slice(e+2)}}var ld=16*1024,$h=1,kh=32,co=32,dd=16,Eh=3600,Sh=1e5,_h=7,Th=1,Rh=["unknown","grid","solar","battery","vehicle","wind","fuel_cell"],Ah=[null,"gas"],Bh=[null,"debit","transfer","cash","set_off"],Oh=9999999999,Mh=/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/,Ch=/^[0-9]{4}-(0[1-9]|1[0-2])$/,Lh=/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/,Ph=["interval","exception","gap"],Nh=["drill","orders","book","cleared","proposal"];function ud(r){if(r.length>ld)throw new te("encoding",`the file has ${r.length} bytes, a record at most ${ld}`);let e=$t(r,"the file"),[t,n,o,...s]=Array.isArray(e)?e:[];if(!Gt(t)||!Gt(n)||!Gt(o)||s.length>0)throw new te("field","a record is [envelope, salt, body]");if(n.length!==kh)throw new te("field",`the salt has ${n.length} bytes`);return{entry:t,envelope:jn(t),salt:n,body:o}}function fd({entry:r}){return ue(Re(r))}function hd({envelope:r,salt:e,body:t}){if(!_e(Re($e(e,t)),r.commitment))throw new te("commitment","SHA-256 of salt and body is not the commitment that the envelope has");let n=Uh(t);if(r.kind==="supply"==(n.carrier===null))throw he("a carrier belongs to records of a supply, and to them only");if(!Ph.includes(r.kind)&&[n.generated,n.charged,n.discharged].some(o=>o!==null))throw he("counters of what is behind a meter stand in a meter's records, and in no others");if(r.kind==="correction"==(n.correction===null))throw he("a correction belongs to records of a correction, and to them only");if(n.correction!==null&&(n.energyWh>0||n.place===null||n.logSize===null))throw he("a correction moves nothing, and says whose value changes, by how many entries");if(r.kind==="payment"==(n.payment===null))throw he("a payment belongs to records of a payment, and to them only");if(n.payment!==null){let o="standsIn"in n.payment;if(n.energyWh>0||n.place===null!==o||n.sender===n.receiver!==o)throw he("a payment moves money and no energy, between two, and says of which flat's account; what stands in for one is the building's to itself")}if(Nh.includes(r.kind)&&!Fh(n))throw he(`a record of kind ${r.kind} names one document by its hash, and measures nothing`);if(r.kind==="drill"&&(n.sender!==n.receiver||(n.reason??"")===""))throw he("a drill's record is of a device to itself, with the drill's level");return n}function Fh(r){let e=[r.imported,r.exported,r.millihertz,r.meter,r.price,r.logSize,r.secondsCount];return r.evidence.length===1&&r.energyWh===0&&(r.errors&Th)===0&&r.meterStatus===0&&e.every(t=>t===null)}function Uh(r){let e=new nt($t(r,"the body"),"the body");e.exactly(1,"version",$h);let t=s=>i=>Vh(e.list(i,s),s),n={startMs:e.unsigned(2,"start"),endMs:e.unsigned(3,"end"),slotSeconds:e.unsigned(15,"slot length",Eh),sender:ue(e.bytes(5,"sender",dd)),receiver:ue(e.bytes(6,"receiver",dd)),energyWh:e.unsigned(7,"energy"),imported:e.optional(8,t("import register")),exported:e.optional(9,t("export register")),sources:Kh(e.map(10,"sources")),millihertz:e.optional(11,s=>e.unsigned(s,"frequency",Sh)),place:e.optional(12,s=>e.text(s,"place")),meterStatus:e.unsigned(13,"meter status",3),errors:e.unsigned(14,"error flags",_h),price:e.optional(16,s=>e.unsigned(s,"price")),meter:e.optional(20,s=>e.text(s,"meter")),logSize:e.optional(21,s=>e.unsigned(s,"log size")),reason:e.optional(22,s=>e.text(s,"reason")),evidence:e.optional(19,s=>pd(e.list(s,"evidence")))??[],secondsCount:e.optional(18,s=>e.unsigned(s,"number of seconds")),trade:e.optional(0,s=>Ih(e.list(s,"trade"))),carrier:e.optional(23,s=>Wh(e.unsigned(s,"carrier"))),generated:e.optional(24,t("generation's register")),charged:e.optional(25,t("charge's register")),discharged:e.optional(26,t("discharge's register")),correction:e.optional(27,s=>Hh(e.list(s,"correction"))),payment:e.optional(28,s=>qh(e.list(s,"payment")))};e.unsigned(4,"time status",3);let o=e.optional(17,s=>e.bytes(s,"root of the seconds",co));if(e.end(),o===null!=(n.secondsCount===null))throw he("the root of the seconds and their number go together");return Dh(n),n}function Dh({startMs:r,endMs:e,slotSeconds:t,sender:n,receiver:o,energyWh:s,sources:i}){let a=Object.values(i).reduce((l,d)=>l+d,0);if(r>e)throw he("the interval ends before it starts");if(t<1)throw he("a slot has at least one second");if(n===o&&s>0)throw he("energy does not move from a device to itself");if(a!==s)throw he(`the sources sum to ${a} Wh, not to the energy of ${s} Wh`)}function Ih(r){let[e,t,n,o,s=[],...i]=r,a=d=>typeof d=="number"&&d>=0,l=Array.isArray(s)&&s.every(a);if(!a(e)||!a(t)||!a(n)||!a(o)||!l||i.length>0)throw he("trade is not [Wh, price of the seller, Wh offered, Wh wanted], with the numbers of the trades");return{wh:e,earned:t,offered:n,wanted:o}}function Hh(r){let[e,t,...n]=r;if(!Array.isArray(e)||!Array.isArray(t)||n.length>0)throw he("correction is not [value before, value after]");return{before:cd(e),after:cd(t)}}function qh(r){if(r.length===1&&r[0]===3)return{standsIn:!0};let[e,t,n,...o]=r;if(typeof t!="string"||!zh(t)||typeof n!="string"||!Mh.test(n))throw he("a payment has no day, or no reference");if(e===0){let[u,...h]=o;if(!Gt(u)||u.length!==co||h.length>0)throw he("a payment that takes back names one record");return{day:t,reference:n,record:ue(u)}}let[s,i,a,l,...d]=o,c=typeof i=="number"?Bh[i]:null;if(typeof s!="number"||s<1||s>Oh||!c||d.length>0)throw he("a payment is of whole yen above 0, by debit, transfer, cash or set off");if(e===2&&o.length===2)return{day:t,reference:n,yen:s,way:c,bill:null};if(e!==1||typeof a!="string"||!Ch.test(a)||!Gt(l))throw he("a payment is for a month's bill, by its statement, or a deposit");if(l.length!==co)throw he("a statement's SHA-256 has 32 bytes");return{day:t,reference:n,yen:s,way:c,bill:{month:a,statement:ue(l)}}}function zh(r){let e=Lh.test(r)?Date.parse(`${r}T00:00:00Z`):NaN;return!Number.isNaN(e)&&new Date(e).toISOString().startsWith(r)}function cd(r){if(r.length===0)return null;let[e,t,n,o,s=null,...i]=r,a=u=>typeof u=="number"&&u>=0,l=e===1&&a(s),d=e===0&&s===null;if(!a(t)||!a(n)||!Array.isArray(o)||!(l||d)||i.length>0)throw he("a value of a correction is not [basis, Wh drawn, Wh given, records], with the slot that stood in");let c=pd(o);return{importWh:t,exportWh:n,records:c,estimatedFrom:a(s)?s:null}}function Wh(r){let e=Ah[r]??null;if(e===null)throw he("the carrier is unknown");return e}function Vh(r,e){let[t,n,...o]=r;if(typeof t!="number"||typeof n!="number"||t<0||o.length>0)throw he(`${e} is not [begin, end] in Wh`);if(n<t)throw he(`${e} runs backwards`);return{begin:t,end:n}}function Kh(r){let e=[...r].map(([t,n])=>{let o=Rh[t];if(o===void 0||typeof n!="number"||n<=0)throw he("a source is unknown or empty");return[o,n]});return Object.fromEntries(e)}function pd(r){let e=r.filter(Gt).filter(t=>t.length===co);if(r.length===0||e.length<r.length)throw he("evidence is not a list of hashes");return e.map(ue)}function he(r){return new te("field",`the body: ${r}`)}function Gt(r){return r instanceof Uint8Array}function md(r){let e=new TextEncoder().encode(lo);return _e(r.slice(0,e.length),e)}function uo(r,e,t){let n=new Ms,o=n.try("record",()=>ud(r)),s=n.after("body",o,hd);n.after("building",o,({envelope:c})=>{if(c.building!==t.key.name)throw new fe("otherBuilding",`it is meant for ${c.building}, not for ${t.key.name}`)});let i=n.try("proof",()=>ad(e)),a=n.after("head",i,({checkpoint:c})=>qt(c,t.key));n.after("place",o&&i&&a&&{sealed:o,proof:i,checkpoint:a},jh),n.after("device",o&&i&&{sealed:o,proof:i},c=>Gh(c,t.keys));let l=n.after("witnesses",a&&i,c=>Yh(c,t));n.after("here",o&&i&&{sealed:o,proof:i},c=>Zh(c,t));let{checks:d}=n;return{checks:d,sealed:o,body:s,proof:i,checkpoint:a,cosignatures:n.cosignatures??l,tally:Xh(t.policy,n.cosignatures??l),proven:d.every(({outcome:c})=>c!=="failed")}}var fe=class extends Error{constructor(t,n,o="failed",s=null){super(n);this.reason=t;this.outcome=o;this.cosignatures=s}},Ms=class{constructor(){this.checks=[];this.cosignatures=null}try(e,t){try{let n=t();return this.checks.push({step:e,outcome:"passed",reason:null,detail:null}),n}catch(n){return n instanceof fe&&(this.cosignatures??=n.cosignatures),this.checks.push(Cs(e,n)),null}}after(e,t,n){return this.try(e,()=>{if(t===null)throw new fe("before","an earlier step has failed","open");return n(t)})}};function Cs(r,e){if(e instanceof fe)return{step:r,outcome:e.outcome,reason:e.reason,detail:e.message};if(e instanceof te)return{step:r,outcome:"failed",reason:e.code,detail:e.message};if(!(e instanceof S))throw e;let{code:t,message:n}=e;return{step:r,outcome:"failed",reason:t==="signature"||t==="origin"?t:"format",detail:n}}function jh({sealed:r,proof:e,checkpoint:t}){let{size:n,root:o}=t,s=Oa(Nn(r.entry),Ls(e,n));if(!_e(s,o))throw new fe("path","the record and the path lead to another root")}function Ls({index:r,path:e},t){if(r>=t)throw new fe("beyond",`the proof is for entry ${r}, its head has ${t} entries`);let n=Ba(t,r,e);if(n===null)throw new fe("pathLength",`${e.length} hashes do not lead from entry ${r} to the root of ${t}`);return n}function Gh({sealed:r,proof:e},t){let{envelope:n}=r,{device:o}=n,s=Ps(o,e.index,t);if(n.keyId!==zt(s))throw new fe("otherKey",`signed by key ${n.keyId}; device ${o} had ${zt(s)} there`);if(!vr(n,s))throw new fe("notSigned",`the signature is not of key ${zt(s)}`)}function Ps(r,e,t){if(e>=t.size)throw new fe("keysUnread",`${t.size} entries were read here`,"open");let n=t.keyAt(r,e===0?1:e);if(n===null)throw new fe("noKey",`the log names no key of device ${r} before entry ${e}`);return n}function Yh({checkpoint:r},{policy:e,policyChanged:t}){if(e==="unknown")throw new fe("noPolicy","the policy could not be read","open");if(e==="none"||e.asksForNobody)throw new fe("noWitnesses","there is no policy","open");let{text:n,lines:o}=yr(r),s=Xn(n,o,e);if(s.wrong.length>0)throw new fe("wrongWitness",`wrong signature under the name of ${s.wrong.join(", ")}`,"failed",s);if(!e.isMet(new Set(s.times.keys()))){let i=t?"policyChanged":"tooFew";throw new fe(i,"the policy asks for more signatures","failed",s)}return s}function Zh({sealed:r,proof:e},t){let n=t.holds(e.index,fd(r));if(n===null)throw new fe("notRemembered","only the newest entries are remembered","open");if(!n)throw new fe("otherRecord",`entry ${e.index} of the verified log is another record`)}function Xh(r,e){return e===null||typeof r=="string"?[]:r.tally(new Set(e.times.keys()))}async function gd(r,e,t){let[n,o]=await Promise.all([t.document(r,e.number,"book"),t.document(r,e.number,"result")]),s=await Qh(r,e,Rs(n),t),i=Jh(n,o),a=i===null?"document":od(i.book);return{logged:s,misshown:i===null?[]:ep(e,i),uncovered:a,checked:i!==null&&a===null?sd(i.counted,i.outcome):null,server:a===null?null:await t.server(r,e.number)}}function yd({logged:r,misshown:e,checked:t,server:n}){return(t?.found.length??0)+(n?.findings.length??0)===0&&e.length===0&&(n?.unchecked??null)===null&&!["other","unproven"].includes(r)}function Jh(r,e){try{let t=Xl(e);return{book:As(r),counted:As(r,t.without??[]),outcome:t}}catch(t){if(t instanceof Te||t instanceof ge||t instanceof SyntaxError||t instanceof TypeError)return null;throw t}}async function Qh(r,e,t,{proven:n,known:o}){if(e.book_index===null)return"unknown";let[s,i]=await Promise.all([n(e.book_index),o()]);if(i===null)return"unknown";let{proven:a,body:l,sealed:d}=uo(...s,i);if(!a||l===null||d===null)return"unproven";let{kind:c,slot:u}=d.envelope;return c==="book"&&u===r&&l.evidence[0]===t?"named":"other"}function ep(r,{book:e,counted:t,outcome:{result:n}}){let o=[],s=new Map(r.orders.map(c=>[c.id,c]));for(let{id:c,side:u,wh:h,limit:p}of e.orders){let m=s.get(c);(m?.side!==u||m.wh!==h||m.limit!==p)&&o.push(c)}let i=new Set(e.orders.map(({id:c})=>c));o.push(...[...s.keys()].filter(c=>!i.has(c)));let a=new Set(t.orders.map(({id:c})=>c)),l=new Set(r.left_out.flatMap(({orders:c})=>c));o.push(...[...i,...l].filter(c=>a.has(c)===l.has(c)));let d=Math.max(r.trades.length,n.trades.length);for(let c=0;c<d;c+=1){let[u,h]=[r.trades[c],n.trades[c]];u!==void 0&&h!==void 0&&u.seller_order===h.seller&&u.buyer_order===h.buyer&&u.wh===h.wh&&u.price===h.price||o.push(u?.buyer_order??h?.buyer??"")}return o}var Ur=class extends K{constructor(){super();this.words=new Z(this);this.turn=0;this.of="";this.examined=null,this.unreachable=!1}willUpdate(t){if(!t.has("round")&&!t.has("slotBegin"))return;let{number:n,book:o,result:s,book_index:i}=this.round,a=[this.slotBegin,n,o,s,i].join();a!==this.of&&(this.of=a,this.check())}async check(){this.turn+=1;let t=this.turn;this.examined=null,this.unreachable=!1;try{let n=await gd(this.slotBegin,this.round,this.sources);t===this.turn&&(this.examined=n)}catch(n){if(![me,ke,Ae,ge].some(s=>n instanceof s))throw n;t===this.turn&&(this.unreachable=!0)}}render(){let{t}=this.words;return f`<h4>${t.market.check.heading}</h4>
      <div role="status">
        ${this.unreachable?f`<p class="quiet">${t.market.check.unreachable}</p>`:this.examined===null?f`<p class="quiet">${t.market.check.checking}</p>`:this.result(this.examined)}
      </div>
      <button class="again" @click=${()=>{this.check()}}>${t.market.check.again}</button>`}result(t){let{t:n}=this.words,{check:o}=n.market,s=yd(t),i=t.uncovered===null?"browser":"server";return f`<p class="verdict ${s?"right":"wrong"}" data-right=${s} data-by=${i}>
        ${s?`${o.right[i]} ✓`:`${o.wrong[i]} ✗`}
      </p>
      <p class="by ${i}">
        ${t.uncovered===null?o.byBrowser:`${o.uncovered[t.uncovered]} ${o.byServer}`}
      </p>
      <ul class="steps">
        ${this.logged(t)} ${t.uncovered==="document"?g:this.shown(t)}
        ${t.uncovered===null?nd.map(a=>this.step(a,t)):this.served(t)}
      </ul>`}logged({logged:t}){let{check:n}=this.words.t.market,o=t==="named"?"passed":t==="unknown"?"open":"failed";return this.line("log",o,n.steps.log,t==="named"?[]:[n.logged[t]])}shown({misshown:t}){let{check:n}=this.words.t.market,o=t.length===0?"passed":"failed";return this.line("shown",o,n.steps.shown,t.map(s=>n.misshown(Dr(s))))}step(t,{checked:n}){let{check:o}=this.words.t.market,s=n?.found.filter(a=>a.step===t)??[],i=n?.open.includes(t)??!0;return this.line(t,s.length>0?"failed":i?"open":"passed",o.steps[t],s.map(a=>this.say(a)))}served({server:t}){let{t:n,f:o}=this.words,{check:s}=n.market,a=(t?.findings??[]).map(({fault:l,subject:d,says:c,wh:u})=>{let h=u===null?"":` (${o.wattHours(u)})`;return`${s.faults[l]??l}: ${wd(d)}: ${wd(c)}${h}`});return t!==null&&t.unchecked!==null&&a.push(t.unchecked),this.line("server",a.length===0?"passed":"failed",s.steps.server,a)}say({code:t,orders:n,node:o,wh:s,is:i,should:a}){let{t:l,f:d}=this.words,{check:c}=l.market,[u,h,...p]=n.map(Dr),m=c.found[t]({order:u??"",pair:[u,h].filter(w=>w!==void 0).join(" → "),other:h??"",before:p.join(" → "),node:o,energy:[i,a].map(w=>d.wattHours(w)),price:[i,a].map(w=>d.price(w)),money:[i,a].map(w=>d.exactMoney(w))});return s===null?m:`${m}${c.about(d.wattHours(s))}`}line(t,n,o,s){let i={passed:"✓",failed:"✗",open:"–"}[n];return f`<li class=${n} data-step=${t} data-outcome=${n}>
      <span class="mark" role="img" aria-label=${this.words.t.proof.outcomes[n]}>${i}</span>
      <span class="what">${o}</span>
      ${s.length===0?g:f`<ul class="found">
              ${s.map(a=>f`<li>${a}</li>`)}
            </ul>`}
    </li>`}};Ur.properties={slotBegin:{attribute:!1},round:{attribute:!1},sources:{attribute:!1},examined:{state:!0},unreachable:{state:!0}},Ur.styles=[J,V`
      h4 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .verdict {
        border-radius: 10px;
        padding: 9px 13px;
        margin: 0 0 8px;
        font-weight: 650;
      }
      .verdict.right {
        background: var(--good-soft);
        color: var(--good);
      }
      .verdict.wrong {
        background: var(--bad-soft);
        border: 1px solid var(--bad);
        color: var(--bad);
      }
      .by {
        font-size: 13px;
        margin-bottom: 6px;
      }
      .by.server {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 7px 11px;
      }
      ul {
        list-style: none;
        margin: 0 0 8px;
        padding: 0;
        font-size: 13.5px;
      }
      .steps > li {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 6px;
        padding: 3px 0;
      }
      .mark {
        font-weight: 700;
        text-align: center;
      }
      .passed .mark {
        color: var(--good);
      }
      .failed .mark,
      .found li {
        color: var(--bad);
      }
      .open .mark,
      .open .what {
        color: var(--quiet);
      }
      .found {
        grid-column: 2;
        margin: 0;
        font-size: 13px;
        overflow-wrap: anywhere;
      }
      button {
        margin-top: 2px;
      }
    `];function Dr(r){let[e="",t=""]=r.split("-");return`${e.slice(0,6)}-${t}`}function wd(r){return r.replace(/\b[0-9a-f]{32}-\d+/g,Dr)}customElements.define("market-check",Ur);var rt=class extends K{constructor(){super(...arguments);this.words=new Z(this)}table(t,n,o,s=g){return f`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-labelledby=${"by"in t?t.by:g}
      aria-label=${"as"in t?t.as:g}
    >
      <table>
        <thead>
          <tr>
            ${n.map(({name:i,unit:a,number:l})=>f`<th scope="col" class=${l===!0?"number":g}>
                  ${i}${a===void 0?g:f`<small>${a}</small>`}
                </th>`)}
          </tr>
        </thead>
        <tbody>
          ${o}
        </tbody>
        ${s}
      </table>
    </div>`}};rt.styles=[J,V`
      .scroll {
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      .scroll + .quiet {
        margin-top: 4px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13px;
      }
      th,
      td {
        padding: 5px 9px;
        text-align: start;
        white-space: nowrap;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--sunken);
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        vertical-align: top;
      }
      th small {
        display: block;
        font-size: 11.5px;
        line-height: 1.2;
      }
      tbody th,
      tbody td,
      tfoot th,
      tfoot td {
        border-top: 1px solid var(--line);
      }
      tbody th {
        font-weight: 400;
      }
      tfoot th,
      tfoot td {
        font-weight: 650;
      }
      .number {
        text-align: end;
      }
      @media (max-width: 480px) {
        th,
        td {
          padding: 5px 6px;
        }
      }
    `];function bd(r,e){let t=r.flat(),n=[...t.map(([a])=>a),...e===null?[]:[e]],[o,s]=[Math.min(...n),Math.max(...n)],i=Math.max(50,(s-o)*.12);return{wh:Math.max(1,...t.map(([,a])=>a)),low:Math.max(0,o-i),high:s+i}}function vd({left:r,right:e,top:t,bottom:n},{wh:o,low:s,high:i}){return{x:a=>r+a/o*(e-r),y:a=>n-(a-s)/(i-s)*(n-t)}}function Ns(r,{x:e,y:t}){let n="",o=0;for(let[s,i]of r)n+=`${n===""?"M":"L"}${fo(e(o))} ${fo(t(s))}L${fo(e(i))} ${fo(t(s))}`,o=i;return n}function Fs(r,e,t){let n=(e-r)/t,o=10**Math.floor(Math.log10(n)),s=[1,2,5,10].map(a=>a*o).find(a=>a>=n)??10*o,i=Math.ceil(r/s);return Array.from({length:Math.floor(e/s)-i+1},(a,l)=>(i+l)*s)}function fo(r){return r.toFixed(1)}var $d=420,Us=236,ho={left:46,right:$d-10,top:22,bottom:Us-34},Ir=class extends K{constructor(){super(...arguments);this.words=new Z(this)}render(){let{t,f:n}=this.words,{curves:o,clearing_price:s,energy_wh:i}=this.round;return o.asks.length+o.bids.length===0?f`<p class="quiet">${t.market.noOrders}</p>`:f`${this.picture()}
      <ul>
        <li>${po("asks")}${t.market.supply}</li>
        <li>${po("bids")}${t.market.demand}</li>
        ${s===null?g:f`<li>${po("price")}${t.market.clearingPrice} ${n.price(s)}</li>`}
        ${i===null||i===0?g:f`<li>${po("traded")}${t.market.tradedEnergy} ${n.wattHours(i)}</li>`}
      </ul>
      ${this.table()}`}picture(){let{t,f:n}=this.words,{curves:o,clearing_price:s,energy_wh:i}=this.round,a=bd([o.asks,o.bids],s),l=vd(ho,a),{left:d,right:c,top:u,bottom:h}=ho,p=s===null?"–":n.price(s);return f`<svg
      viewBox="0 0 ${$d} ${Us}"
      role="img"
      aria-label=${t.market.chartLabel(p,n.wattHours(i??0))}
    >
      ${i===null||i===0?g:ae`<rect class="traded" data-wh=${i} x=${d} y=${u} width=${(l.x(i)-d).toFixed(1)} height=${h-u} />`}
      ${Fs(a.low,a.high,5).map(m=>ae`<path class="grid" d="M${d} ${l.y(m).toFixed(1)}H${c}" />
          <text x=${d-6} y=${(l.y(m)+4).toFixed(1)} text-anchor="end">${n.number(m/100,Number.isInteger(m/100)?0:1)}</text>`)}
      ${Fs(0,a.wh,5).map(m=>this.mark(m,l.x(m)))}
      <path class="grid" d="M${d} ${u}V${h}H${c}" />
      ${xd("asks",o.asks,Ns(o.asks,l))}
      ${xd("bids",o.bids,Ns(o.bids,l))}
      ${s===null?g:ae`<path class="price" data-price=${s} d="M${d} ${l.y(s).toFixed(1)}H${c}" />
              <text class="told" x=${c} y=${(l.y(s)-5).toFixed(1)} text-anchor="end">${n.price(s)}</text>`}
      <text x="2" y="13">${t.slots.yenPerKwh}</text>
      <text x=${c} y=${Us-3} text-anchor="end">Wh</text>
    </svg>`}mark(t,n){return ae`<path class="grid" d="M${n.toFixed(1)} ${ho.bottom}v4" />
      <text x=${n.toFixed(1)} y=${ho.bottom+16} text-anchor="middle">${this.words.f.number(t)}</text>`}table(){let{t,f:n}=this.words,o=(s,i)=>s.map(([a,l])=>f`<tr data-curve=${i}>
            <th scope="row">${i}</th>
            <td>${n.price(a)}</td>
            <td>${n.wattHours(l)}</td>
          </tr>`);return f`<div class="unseen">
      <table>
        <caption>
          ${t.market.curvesTable}
        </caption>
        <tr>
          <th scope="col">${t.market.side}</th>
          <th scope="col">${t.market.limit}</th>
          <th scope="col">${t.market.upToThere}</th>
        </tr>
        ${o(this.round.curves.asks,t.market.supply)} ${o(this.round.curves.bids,t.market.demand)}
      </table>
    </div>`}};Ir.properties={round:{attribute:!1}},Ir.styles=[J,V`
      svg {
        display: block;
        width: 100%;
        max-width: 640px;
        height: auto;
      }
      path {
        fill: none;
      }
      .grid {
        stroke: var(--line);
        stroke-width: 1;
      }
      .asks {
        stroke: var(--give);
        stroke-width: 2.4;
      }
      .bids {
        stroke: var(--take);
        stroke-width: 2.4;
        stroke-dasharray: 7 3;
      }
      .price {
        stroke: var(--battery);
        stroke-width: 1.6;
        stroke-dasharray: 2 3;
      }
      .traded {
        fill: var(--give-soft);
        opacity: 0.55;
      }
      text {
        fill: var(--quiet);
        font-size: 11.5px;
      }
      @media (max-width: 520px) {
        text {
          font-size: 15px;
        }
      }
      text.told {
        fill: var(--battery);
        font-weight: 650;
        paint-order: stroke;
        stroke: var(--card);
        stroke-width: 4px;
        stroke-linejoin: round;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 6px 0 0;
        padding: 0;
        font-size: 13px;
      }
      li svg {
        display: inline-block;
        width: 26px;
        height: 10px;
        margin-right: 6px;
        vertical-align: middle;
      }
      table {
        border-collapse: collapse;
      }
    `];function xd(r,e,t){if(e.length===0)return g;let n=e.map(([o,s])=>`${o}:${s}`).join(" ");return ae`<path class=${r} data-steps=${n} d=${t} />`}function po(r){return f`<svg viewBox="0 0 26 10" aria-hidden="true">
    ${r==="traded"?ae`<rect class="traded" width="26" height="10" rx="2" />`:ae`<path class=${r} d="M0 5H26" />`}
  </svg>`}customElements.define("order-chart",Ir);var Hr=class extends rt{render(){let{t:e,f:t}=this.words,{round:n}=this;return f`
      <p class="state ${n.outcome??""}" data-outcome=${n.outcome??n.stage}>${this.state()}</p>
      ${n.outcome==="traded"&&n.orders.length===0?f`<p class="quiet forgotten">${e.market.forgotten}</p>`:f`<order-chart .round=${n}></order-chart>`}
      ${n.book===null||n.result===null?g:f`<market-check .slotBegin=${this.slotBegin} .round=${n} .sources=${this.sources}></market-check>`}
      <div class="quorum">
        <h4>${e.market.quorum}</h4>
        <p>${e.market.agreed(t.number(n.agreed),t.number(n.voters),t.number(n.needed))}</p>
        ${n.outcome==="traded"&&n.why==="rebuilt"?f`<p class="quiet came-back">${e.market.cameBack}</p>`:g}
        ${(n.not_shown??[]).length===0?g:f`<p class="none">${e.market.notShown((n.not_shown??[]).join(", "))}</p>`}
        ${n.left_out.map(o=>f`<p class="none left-out" data-why=${o.why??""}>${this.leftOut(o)}</p>`)}
        ${n.disputes.map(({flat:o,findings:s})=>f`<div class="dispute" role="alert">
              ${e.market.disputed(o===null?e.market.aFlat:e.picture.flat(o))}
              <ul>
                ${s.map(i=>f`<li>${i}</li>`)}
              </ul>
            </div>`)}
        <div class="records">
          ${this.record(n.book_index,e.market.bookRecord)}
          ${this.record(n.cleared_index,e.market.clearedRecord)}
        </div>
      </div>
      <div class="lists">
        <div>
          <h4 id="orders">${e.market.orders}</h4>
          ${this.orders(n.orders)}
        </div>
        <div>
          <h4 id="trades">${e.market.trades}</h4>
          ${n.trades.length===0?f`<p class="quiet">${e.market.noTrades}</p>`:this.trades(n.trades)}
          ${n.trades.length>0?f`<p class="quiet">${e.market.agreedOnly}</p>`:g}
        </div>
        ${this.own===null?this.delivered():g}
      </div>
    `}state(){let{t:e,f:t}=this.words,{outcome:n,why:o,stage:s,energy_wh:i,clearing_price:a}=this.round;if(n==="traded"){let l=a===null?e.market.severalPrices:t.price(a);return i===null?e.market.outcomes.traded??"":e.market.tradedAt(t.wattHours(i),l)}return n==="sharing_key"?`${e.market.outcomes.sharing_key}: ${e.market.whys[o??""]??o??""}`:e.market.stages[s]??s}leftOut({flat:e,why:t}){let{market:n,picture:o}=this.words.t,s=e===null?n.aFlat:o.flat(e);return n.leftOut(s,n.leftOutWhys[t??""]??n.leftOutUnknown)}record(e,t){return e===null?g:f`<button
      class="record"
      data-index=${e}
      @click=${()=>this.dispatchEvent(new CustomEvent("verify-record",{detail:e,bubbles:!0,composed:!0}))}
    >
      ${this.words.t.market.verifyRecord(t,String(e))}
    </button>`}party(e,t){let{t:n}=this.words;return e===null?f`<code>${Dr(t)}</code>`:f`${n.picture.flat(e)}${e===this.own?` (${n.market.own})`:""}`}orders(e){let{t,f:n}=this.words;if(e.length===0)return f`<p class="quiet">${t.market.noOrders}</p>`;let o=new Set(this.round.left_out.flatMap(s=>s.orders));return this.table({by:"orders"},[{name:t.market.side},{name:this.own===null?t.market.flat:t.market.flatOrBlind},{name:t.market.limit,unit:t.slots.yenPerKwh,number:!0},{name:t.market.amount,unit:"Wh",number:!0},{name:t.market.filled,unit:"Wh",number:!0}],e.map(s=>f`<tr class=${s.flat!==null&&s.flat===this.own?"own":""} data-order=${s.id}>
            <td class=${s.side}>${t.market.sides[s.side]??s.side}</td>
            <td class="flat">${this.party(s.flat,s.id)}</td>
            <td class="number limit">${n.barePrice(s.limit)}</td>
            <td class="number wh">${n.number(s.wh)}</td>
            <td class="number filled">
              ${o.has(s.id)?f`<span class="none">${t.market.notCounted}</span>`:n.number(s.filled_wh)}
            </td>
          </tr>`))}trades(e){let{t,f:n}=this.words,o=({seller:s,buyer:i})=>this.own!==null&&(s===this.own||i===this.own);return this.table({by:"trades"},[{name:t.market.seller},{name:t.market.buyer},{name:t.market.tradedEnergy,unit:"Wh",number:!0},{name:t.market.price,unit:t.slots.yenPerKwh,number:!0}],e.map(s=>f`<tr class=${o(s)?"own":""}>
            <td class="seller">${this.party(s.seller,s.seller_order)}</td>
            <td class="buyer">${this.party(s.buyer,s.buyer_order)}</td>
            <td class="number wh">${n.number(s.wh)}</td>
            <td class="number price">
              ${n.barePrice(s.price)}${s.seller_price===s.price?"":` (${t.market.sellerGets(n.price(s.seller_price))})`}
            </td>
          </tr>`))}delivered(){let{t:e,f:t}=this.words,{settled:n}=this;return f`<div>
      <h4 id="delivered">${e.market.delivered}</h4>
      ${n===null?f`<p class="quiet">${e.market.notSettled}</p>`:f`<p class="quiet by">
                ${e.slots.settledBy[n.settled_by??"unknown"]??n.settled_by}${n.rent===null||n.rent===0?"":` · ${e.slots.rent} ${t.exactMoney(n.rent)}`}
              </p>
              ${n.transfers.length===0?f`<p class="quiet">${e.market.nothingMoved}</p>`:this.transfers(n.transfers)}`}
    </div>`}transfers(e){let{t,f:n}=this.words,o=s=>s===null?t.unknown:t.records.parties[s]??t.picture.flat(s);return this.table({by:"delivered"},[{name:t.market.seller},{name:t.market.buyer},{name:t.market.deliveredEnergy,number:!0},{name:t.market.money,number:!0}],e.map(({index:s,sender:i,receiver:a,energy_wh:l,money:d})=>f`<tr data-index=${s}>
            <td>${o(i)}</td>
            <td>${o(a)}</td>
            <td class="number wh">
              ${l===0?f`<span class="none">${t.records.notDelivered}</span>`:n.wattHours(l)}
            </td>
            <td class="number">${n.exactMoney(d)}</td>
          </tr>`))}};Hr.properties={slotBegin:{attribute:!1},round:{attribute:!1},own:{attribute:!1},settled:{attribute:!1},sources:{attribute:!1}},Hr.styles=[rt.styles,V`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
      }
      h4 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      .state {
        font-size: 14.5px;
        font-weight: 600;
      }
      .state.traded {
        color: var(--good);
      }
      .state.sharing_key {
        color: var(--warn);
      }
      .scroll {
        max-height: 300px;
      }
      .by {
        margin-bottom: 4px;
      }
      tr.own td {
        background: var(--give-soft);
      }
      .bid {
        color: var(--take);
      }
      .ask {
        color: var(--give);
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      .none {
        color: var(--warn);
      }
      .dispute {
        background: var(--bad-soft);
        border-radius: 8px;
        padding: 8px 12px;
        margin-top: 6px;
        font-size: 13px;
        overflow-wrap: anywhere;
      }
      .dispute ul {
        margin: 2px 0 0;
        padding-left: 18px;
      }
      .records {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 8px;
        margin-top: 8px;
      }
      .lists {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr));
        gap: 16px;
      }
      .lists > div {
        min-width: 0;
      }
    `];customElements.define("market-round",Hr);var qr=class extends rt{render(){let{t:e,f:t}=this.words,{rounds:n,to_come:o}=this.rounds,s=oo(n);return f`${this.table({as:e.market.roundsOf},[{name:e.market.round},{name:e.market.gate},{name:e.market.tradedEnergy,unit:"Wh",number:!0},{name:e.market.price,unit:e.slots.yenPerKwh,number:!0},{name:e.market.leftOffered,unit:"Wh",number:!0},{name:e.market.leftWanted,unit:"Wh",number:!0}],f`${n.map(i=>this.closed(i))} ${o.map(i=>this.coming(i))}`,f`<tfoot>
          <tr>
            <th scope="row" colspan="2">${e.market.allRounds}</th>
            <td class="number" data-together>${s===null?e.unknown:t.number(s)}</td>
            <td colspan="3"></td>
          </tr>
        </tfoot>`)}
      <p class="quiet">${e.market.roundsExplained}</p>`}closed(e){let{t,f:n}=this.words,{number:o,closed_ms:s,outcome:i,why:a,stage:l,energy_wh:d,clearing_price:c}=e,u=Il(e),h=m=>m===null?t.unknown:n.number(m),p=i==="traded"?f`<td class="number traded">${h(d)}</td>
            <td class="number price">
              ${c===null?t.market.severalPrices:n.barePrice(c)}
            </td>`:f`<td class="why" colspan="2">
            ${i===null?t.market.stages[l]??l:t.market.whys[a??""]??a??""}
          </td>`;return f`<tr class=${o===this.chosen?"chosen":""} data-round=${o}>
      <th scope="row">
        <button
          aria-pressed=${o===this.chosen}
          @click=${()=>this.dispatchEvent(new CustomEvent("choose-round",{detail:o}))}
        >
          ${n.number(o+1)}
        </button>
      </th>
      <td>${n.instant(s,this.now)}</td>
      ${p}
      <td class="number left-offered">${h(u?.offered??null)}</td>
      <td class="number left-wanted">${h(u?.wanted??null)}</td>
    </tr>`}coming({number:e,closes_ms:t}){let{t:n,f:o}=this.words;return f`<tr class="coming" data-round=${e}>
      <th scope="row">${o.number(e+1)}</th>
      <td>${o.instant(t,this.now)}</td>
      <td colspan="4">${n.market.roundToCome}</td>
    </tr>`}};qr.properties={rounds:{attribute:!1},chosen:{attribute:!1},now:{attribute:!1}},qr.styles=[rt.styles,V`
      :host {
        display: block;
        margin-bottom: 12px;
      }
      tr.chosen > * {
        background: var(--give-soft);
      }
      button {
        padding: 0 9px;
      }
      button[aria-pressed="true"] {
        background: var(--card);
        color: var(--text);
      }
      .why {
        white-space: normal;
        color: var(--warn);
      }
      .coming {
        color: var(--quiet);
      }
    `];customElements.define("market-rounds",qr);var zr=class extends K{constructor(){super();this.words=new Z(this);this.loaded="";this.chosen=null,this.number=null,this.rounds=null,this.settled=null,this.unreachable=!1}willUpdate(t){(t.has("slots")||t.has("settledSlots")||t.has("chosen"))&&this.load()}get shown(){let t=this.slots??[];return t.find(({slot:n})=>n===this.chosen)??t.find(({outcome:n})=>n!==null)??t[0]}load(){let t=this.shown;if(t===void 0)return;let n=this.reader?.role==="manager"&&(this.settledSlots??[]).some(s=>s.slot===t.slot),o=JSON.stringify([t,n]);o!==this.loaded&&(this.rounds?.slot!==t.slot&&(this.rounds=null,this.settled=null,this.number=null),this.loaded=o,this.fetch(t.slot,n))}async fetch(t,n){try{let[o,s]=await Promise.all([this.sources.rounds(t),n?this.sources.settled(t):null]);if(this.shown?.slot!==t)return;this.rounds=o,this.settled=s,this.unreachable=!1}catch(o){if(![me,ke,ge].some(i=>o instanceof i))throw o;this.loaded="",this.unreachable=!0}}render(){let{t}=this.words;return this.slots===null||this.slots.length===0?g:f`<section aria-labelledby="heading">
      <h2 id="heading">${t.market.heading}</h2>
      <p class="quiet">${this.reader?.role==="manager"?t.market.explanation:t.market.explanationResident}</p>
      <div class="panel">
        <nav aria-label=${t.market.slots}>
          <ol>
            ${this.slots.map(n=>f`<li>${this.entry(n)}</li>`)}
          </ol>
        </nav>
        <div class="one">${this.one()}</div>
      </div>
    </section>`}entry(t){let{t:n,f:o}=this.words,s=t.rounds.at(-1),i=t.rounds.filter(({outcome:c})=>c==="traded"),a=oo(t.rounds),l=i.length===1?i[0]?.clearing_price??null:null,d=t.outcome==="traded"?[...a===null?[]:[o.wattHours(a)],...l===null?[]:[o.price(l)]].join(" · "):t.outcome===null?n.market.stages[s?.stage??""]??"":n.market.whys[s?.why??""]??s?.why??"";return f`<button
      data-slot=${t.slot}
      aria-current=${t===this.shown?"true":g}
      @click=${()=>{this.chosen=t.slot}}
    >
      <span>${o.slot(t.slot,s?.seconds??0,this.now)}</span>
      <span class="outcome ${t.outcome??""}" data-outcome=${t.outcome??"open"}
        >${n.market.outcomes[t.outcome??"open"]}</span
      >
      <span class="more">${d}</span>
    </button>`}one(){let{t,f:n}=this.words,{rounds:o}=this;if(o===null)return f`<p class="quiet">${this.unreachable?t.market.unreachable:t.loading}</p>`;let s=o.rounds.find(({number:i})=>i===this.number)??[...o.rounds].reverse().find(({outcome:i})=>i==="traded")??o.rounds.at(-1);return s===void 0?f`<p class="quiet">${t.market.noOrders}</p>`:f`<h3>${t.market.slotOf(n.slot(o.slot,s.seconds,this.now))}</h3>
      ${o.rounds.length+o.to_come.length===1?g:f`<market-rounds
              .rounds=${o}
              .chosen=${s.number}
              .now=${this.now}
              @choose-round=${({detail:i})=>{this.number=i}}
            ></market-rounds>`}
      <market-round
        .slotBegin=${o.slot}
        .round=${s}
        .own=${this.reader?.flat??null}
        .settled=${this.settled}
        .sources=${this.sources}
      ></market-round>`}};zr.properties={slots:{attribute:!1},settledSlots:{attribute:!1},reader:{attribute:!1},sources:{attribute:!1},now:{attribute:!1},chosen:{state:!0},number:{state:!0},rounds:{state:!0},settled:{state:!0},unreachable:{state:!0}},zr.styles=[J,V`
      .panel {
        display: grid;
        grid-template-columns: minmax(190px, 250px) minmax(0, 1fr);
        gap: 18px;
        margin-top: 10px;
      }
      ol {
        list-style: none;
        margin: 0;
        padding: 2px;
        max-height: 640px;
        overflow-y: auto;
      }
      ol button {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 8px;
        width: 100%;
        text-align: start;
        color: var(--text);
        border: 0;
        border-bottom: 1px solid var(--line);
        border-radius: 0;
        padding: 6px 8px;
      }
      ol button[aria-current] {
        background: var(--sunken);
        box-shadow: inset 3px 0 0 var(--accent);
      }
      .outcome {
        font-size: 12px;
        border-radius: 6px;
        padding: 0 7px;
        background: var(--sunken);
        border: 1px solid var(--line);
      }
      .outcome.traded {
        background: var(--give-soft);
        border-color: transparent;
      }
      .outcome.sharing_key {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .more {
        grid-column: 1 / -1;
        color: var(--quiet);
        font-size: 12.5px;
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 0 0 8px;
        font-size: 14.5px;
        font-weight: 650;
      }
      @media (max-width: 760px) {
        .panel {
          grid-template-columns: minmax(0, 1fr);
        }
        ol {
          max-height: 210px;
        }
      }
    `];customElements.define("market-panel",zr);var kd="browser",tp={ed25519:{imported:{name:"Ed25519"},verified:{name:"Ed25519"}},es256:{imported:{name:"ECDSA",namedCurve:"P-256"},verified:{name:"ECDSA",hash:"SHA-256"}}};function Ed(){return globalThis.crypto?.subtle??null}async function Sd(r,e,t=Ed()){let n=await rp(r,e,t);return{...r,checks:[...r.checks,n],proven:r.proven&&n.outcome!=="failed"}}async function rp({sealed:r,proof:e},t,n=Ed()){try{if(n===null)throw new fe("notSecure","there is no crypto.subtle: no secure context","open");if(r===null||e===null)throw new fe("before","an earlier step has failed","open");return await np(r,e,t,n),await op(e,t,n),await sp(r,e,t,n),{step:kd,outcome:"passed",reason:null,detail:null}}catch(o){return Cs(kd,o)}}async function np(r,e,t,n){let{envelope:o,salt:s,body:i,entry:a}=r;if(!_e(await Ds($e(s,i),n),o.commitment))throw new fe("commitment","WebCrypto: SHA-256 of salt and body is not the envelope's commitment");let{size:l,root:d}=ds(Wn(e.checkpoint,t.key).text,t.key),c=Ls(e,l),u=await Ds(ss(a),n);for(let h of c)u=await Ds(h(u),n);if(!_e(u,d))throw new fe("path","WebCrypto: the record and the path lead to another root")}async function op({checkpoint:r},{key:e},t){let{text:n,signatures:o}=Wn(r,e);for(let s of o)if(!await _d({algorithm:"ed25519",data:e.publicKey},s,n,t))throw new fe("signature",`WebCrypto: the signature of ${e.name} over this head is wrong`)}async function sp({envelope:r},{index:e},{keys:t},n){let{device:o,algorithm:s,parts:i}=r,a=Ps(o,e,t);if(s!==a.algorithm||!await _d(a,i.signature,ms(i),n))throw new fe("notSigned",`WebCrypto: the signature is not of the key that device ${o} has there`)}async function Ds(r,e){return We(new Uint8Array(await e.digest("SHA-256",new Uint8Array(r))))}async function _d({algorithm:r,data:e},t,n,o){let{imported:s,verified:i}=tp[r];try{let a=await o.importKey("raw",new Uint8Array(e),s,!1,["verify"]);return await o.verify(i,a,new Uint8Array(t),new Uint8Array(n))}catch(a){if(!(a instanceof DOMException))throw a;if(a.name==="NotSupportedError")throw new fe("noEd25519",a.message,"open");if(a.name==="DataError"||a.name==="OperationError")return!1;throw a}}var ip=2*1024*1024,Wr=class extends K{constructor(){super();this.words=new Z(this);this.turn=0;this.record=null,this.proof=null,this.report=null,this.trouble=null,this.over=!1}async checkFetched(t,n){this.clear();let o=this.turn;this.scrollIntoView({block:"nearest"});try{let[s,i]=await n;if(o!==this.turn)return;this.record={name:`${t}.etp`,data:s},this.proof={name:`${t}.tlog-proof`,data:i},await this.check()}catch(s){if(!ap(s))throw s;if(o!==this.turn)return;this.trouble=s instanceof Ae?"erased":"unreachable"}await this.updateComplete,this.scrollIntoView({block:"nearest"})}render(){let{t}=this.words,{report:n}=this;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.proof.heading}</h2>
      <p class="quiet">${t.proof.explanation}</p>
      <label
        class=${this.over?"over":""}
        @dragover=${o=>this.hover(o,!0)}
        @dragleave=${o=>this.hover(o,!1)}
        @drop=${o=>this.drop(o)}
      >
        <strong>${t.proof.choose}</strong>${t.proof.chooseWhich}
        <input class="unseen" type="file" multiple @change=${o=>this.pick(o)} />
      </label>
      ${this.files()}
      ${this.trouble===null?g:f`<p class="trouble" role="alert">${t.proof.troubles[this.trouble]}</p>`}
      <div role="status">${n===null?g:this.result(n)}</div>
    </section>`}files(){let{t}=this.words;if(this.record===null&&this.proof===null)return g;let n=(o,s)=>o===null?f`<li class="missing">– ${s}</li>`:f`<li>✓ ${o.name}</li>`;return f`<ul class="files">
      ${n(this.record,t.proof.missingRecord)} ${n(this.proof,t.proof.missingProof)}
    </ul>`}result(t){let{t:n}=this.words,{proven:o,checks:s,body:i,sealed:a}=t,l=s.filter(({outcome:d,detail:c})=>d==="failed"&&c!==null);return f`<p class="verdict ${o?"proven":"refused"}">
        ${o?f`${n.proof.proven} ✓`:f`${n.proof.refused} ✗`}
      </p>
      <div class="result">
        <div>
          <ul class="checks">
            ${s.map(d=>this.line(d,t))}
          </ul>
        </div>
        ${i===null||a===null?g:f`<div>${this.content(i,a,o)}</div>`}
      </div>
      ${l.length===0?g:f`<details>
              <summary>${n.log.detail}</summary>
              ${l.map(({detail:d})=>f`<p>${d}</p>`)}
            </details>`}`}line(t,n){let{t:o}=this.words,{step:s,outcome:i,reason:a}=t,l={passed:"✓",failed:"✗",open:"–"}[i],d=a===null?this.more(t,n):this.reason(t,n);return f`<li class=${i} data-step=${s} data-outcome=${i} data-reason=${a??""}>
      <span class="mark" role="img" aria-label=${o.proof.outcomes[i]}>${l}</span>
      <span class="what">${o.proof.steps[s]}</span>
      ${d===null?g:f`<span class="why">${d}</span>`}
    </li>`}more({step:t},n){let{t:o,f:s}=this.words;return t==="place"&&n.proof!==null&&n.checkpoint!==null?o.proof.place(String(n.proof.index),s.number(n.checkpoint.size)):t==="witnesses"?this.tally(n):null}reason({reason:t},n){let{t:o}=this.words;if(t===null)return null;let s=o.proof.reasons[t];if(t==="tooFew")return`${this.tally(n)}${o.proof.stop}${s}`;if(t==="wrongWitness"){let i=n.cosignatures?.wrong??[];return`${s} ${i.map(a=>this.party(a)).join(o.witnesses.comma)}`}return s}tally({tally:t}){let{t:n,f:o}=this.words;return t.map(({group:s,signed:i,members:a,needed:l})=>{let d=[o.number(i),o.number(a),o.number(l)];return s==="flats"?n.proof.flats(...d):n.witnesses.outside(...d)}).join(n.proof.stop)}content(t,{envelope:n},o){let{t:s,f:i}=this.words,a=Object.entries(t.sources),l=c=>t.carrier===null?i.wattHours(c):i.litres(c),d=[[s.proof.imported,t.imported],[s.proof.exported,t.exported],[s.proof.generated,t.generated],[s.proof.charged,t.charged],[s.proof.discharged,t.discharged]];return f`<h3>${s.proof.says}</h3>
      ${o?g:f`<p class="unverified">${s.proof.saysUnproven}</p>`}
      <dl>
        <dt>${s.records.kind}</dt>
        <dd>${s.records.kinds[n.kind]??n.kind}</dd>
        <dt>${s.proof.time}</dt>
        <dd data-value="time">${i.period(t.startMs,t.endMs)}</dd>
        <dt>${t.carrier===null?s.records.energy:s.records.volume}</dt>
        <dd data-value="energy">${l(t.energyWh)}</dd>
        <dt>${s.proof.from}</dt>
        <dd>${this.device(t.sender)}</dd>
        <dt>${s.proof.to}</dt>
        <dd>${this.device(t.receiver)}</dd>
        ${a.length===0?g:f`<dt>${s.records.sources}</dt>
                <dd>
                  ${a.map(([c,u])=>f`<div>${s.records.sourceNames[c]??c} ${l(u)}</div>`)}
                </dd>`}
        ${d.map(([c,u])=>u===null?g:f`<dt>${c}</dt>
                <dd>${l(u.begin)} → ${l(u.end)}</dd>`)}
        ${t.millihertz===null?g:f`<dt>${s.records.frequency}</dt>
                <dd>${i.frequency(t.millihertz/1e3)}</dd>`}
        ${n.kind!=="drill"?g:f`<dt>${s.proof.drillLevel}</dt>
                <dd data-value="level">${(t.reason??"").toUpperCase()}</dd>
                <dt>${s.proof.drillReport}</dt>
                <dd><code data-value="report">${t.evidence[0]}</code></dd>`}
        ${["orders","book","cleared","proposal"].includes(n.kind)?f`<dt>${s.proof.document}</dt>
                <dd><code data-value="document">${t.evidence[0]}</code></dd>`:g}
        ${t.correction===null?g:f`<dt>${s.proof.correctedOf}</dt>
                <dd data-value="corrected-of">${t.place}</dd>
                <dt>${s.proof.before}</dt>
                <dd data-value="before">${this.value(t.correction.before)}</dd>
                <dt>${s.proof.after}</dt>
                <dd data-value="after">${this.value(t.correction.after)}</dd>`}
        ${t.payment===null?g:this.payment(t.payment)}
        ${t.price===null?g:f`<dt>${s.slots.price}</dt>
                <dd>${i.price(t.price)}</dd>`}
        ${t.trade===null?g:f`<dt>${s.market.tradedEnergy}</dt>
                <dd data-value="traded">${i.wattHours(t.trade.wh)}</dd>
                <dt>${s.proof.sellerGets}</dt>
                <dd>${i.price(t.trade.earned)}</dd>`}
        ${t.meter===null?g:f`<dt>${s.proof.meter}</dt>
                <dd>${t.meter}</dd>`}
        ${t.meterStatus===0&&t.errors===0?g:f`<dt>${s.proof.remarks}</dt>
                <dd>${this.remarks(t)}</dd>`}
        <dt>${s.proof.signedBy}</dt>
        <dd>${this.device(n.device)}</dd>
      </dl>`}remarks({meterStatus:t,errors:n}){let{t:o}=this.words,s=o.proof.errorFlags.filter((i,a)=>(n&1<<a)!==0);return[o.proof.meterStatus[t]??"",...s].filter(i=>i!=="").join(o.witnesses.comma)}payment(t){let{t:n,f:o}=this.words;if("standsIn"in t)return f`<dt>${n.proof.paidFor}</dt>
        <dd data-value="paid-for">${n.proof.standsIn}</dd>`;let s="record"in t?f`<dt>${n.proof.takesBack}</dt>
            <dd><code data-value="takes-back">${t.record}</code></dd>`:f`<dt>${n.proof.paid}</dt>
            <dd data-value="paid">${o.yen(t.yen)}</dd>
            <dt>${n.proof.paidFor}</dt>
            <dd data-value="paid-for">
              ${t.bill===null?n.proof.deposit:n.proof.billOf(t.bill.month)}
            </dd>
            <dt>${n.proof.paidBy}</dt>
            <dd>${n.proof.ways[t.way]}</dd>
            ${t.bill===null?g:f`<dt>${n.proof.document}</dt>
                    <dd><code data-value="statement">${t.bill.statement}</code></dd>`}`;return f`${s}
      <dt>${n.proof.paidOn}</dt>
      <dd data-value="paid-on">${t.day}</dd>
      <dt>${n.proof.reference}</dt>
      <dd data-value="reference">${t.reference}</dd>`}value(t){let{t:n,f:o}=this.words;if(t===null)return f`${n.proof.notKnown}`;let{importWh:s,exportWh:i,estimatedFrom:a,records:l}=t,d=a===null?null:o.period(a*1e3,a*1e3);return f`<div>${n.proof.valueOf(o.wattHours(s),o.wattHours(i))}</div>
      ${d===null?g:f`<div>${n.proof.estimatedFrom(d)}</div>`}
      ${l.map(c=>f`<div><code>${c}</code></div>`)}`}device(t){let n=this.names.get(t);return f`${n===void 0?g:f`<div>${this.party(t)}</div>`}<code
        >${t.slice(0,16)}<wbr />${t.slice(16)}</code
      >`}party(t){let{t:n}=this.words,o=this.names.get(t);return o===void 0?t.slice(0,16):n.records.parties[o]??n.picture.flat(o)}hover(t,n){t.preventDefault(),this.over=n}drop(t){t.preventDefault(),this.over=!1,this.take([...t.dataTransfer?.files??[]])}pick(t){let n=t.target,o=[...n.files??[]];n.value="",this.take(o)}async take(t){(this.report!==null||t.length>1)&&this.clear(),this.trouble=null;let n=this.turn;for(let o of t){if(o.size>ip){this.trouble="tooLarge";continue}let s=await lp(o);if(n!==this.turn)return;s===null?this.trouble="unreadable":md(s)?this.proof={name:o.name,data:s}:this.record={name:o.name,data:s}}await this.check()}async check(){let{record:t,proof:n}=this;if(t===null||n===null)return;let o=this.turn,s=await this.known();if(o!==this.turn)return;if(s===null){this.trouble="notKnown";return}let i=await Sd(uo(t.data,n.data,s),s);o===this.turn&&t===this.record&&n===this.proof&&(this.report=i)}clear(){this.turn+=1,this.record=null,this.proof=null,this.report=null,this.trouble=null}};Wr.properties={known:{attribute:!1},names:{attribute:!1},record:{state:!0},proof:{state:!0},report:{state:!0},trouble:{state:!0},over:{state:!0}},Wr.styles=[J,V`
      label {
        display: block;
        border: 1.5px dashed var(--line);
        border-radius: 10px;
        padding: 14px;
        margin: 10px 0;
        text-align: center;
        text-wrap: balance;
        font-size: 13.5px;
        cursor: pointer;
      }
      label:hover,
      label.over {
        background: var(--sunken);
        border-color: var(--accent);
      }
      label:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      label strong {
        display: block;
        font-weight: 600;
        color: var(--accent);
      }
      .files {
        list-style: none;
        margin: 0 0 10px;
        padding: 0;
        font-size: 13px;
      }
      .files li {
        overflow-wrap: anywhere;
      }
      .files .missing {
        color: var(--quiet);
      }
      .trouble {
        background: var(--warn-soft);
        border-radius: 8px;
        padding: 8px 12px;
        font-size: 13.5px;
      }
      .verdict {
        border-radius: 10px;
        padding: 11px 14px;
        margin: 4px 0 12px;
        font-size: 16px;
        font-weight: 650;
      }
      .verdict.proven {
        background: var(--good-soft);
        color: var(--good);
      }
      .verdict.refused {
        background: var(--bad-soft);
        border: 1px solid var(--bad);
        color: var(--bad);
      }
      .result {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr));
        gap: 0 32px;
      }
      .checks {
        list-style: none;
        margin: 0 0 14px;
        padding: 0;
        font-size: 13.5px;
      }
      .checks li {
        display: grid;
        grid-template-columns: 20px minmax(0, 1fr);
        gap: 0 6px;
        padding: 4px 0;
      }
      .checks .mark {
        font-weight: 700;
        text-align: center;
      }
      .passed .mark {
        color: var(--good);
      }
      .failed .mark,
      .failed .why {
        color: var(--bad);
      }
      .open .mark,
      .open .what {
        color: var(--quiet);
      }
      .why {
        grid-column: 2;
        font-size: 13px;
      }
      .open .why {
        color: var(--quiet);
      }
      h3 {
        margin: 0 0 6px;
        font-size: 13.5px;
        font-weight: 650;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 3px 16px;
        font-size: 13.5px;
      }
      dd {
        text-align: end;
        overflow-wrap: anywhere;
      }
      code {
        font-family: ui-monospace, "SF Mono", Consolas, monospace;
        font-size: 12px;
      }
      details {
        margin-top: 10px;
        font-size: 13px;
      }
      summary {
        cursor: pointer;
        color: var(--quiet);
      }
      details p {
        overflow-wrap: anywhere;
        margin-top: 4px;
      }
      .unverified {
        color: var(--quiet);
        font-size: 12.5px;
        margin-bottom: 6px;
      }
    `];function ap(r){return[Ae,me,ke].some(e=>r instanceof e)}async function lp(r){try{return new Uint8Array(await r.arrayBuffer())}catch(e){if(e instanceof DOMException)return null;throw e}}customElements.define("proof-check",Wr);var Vr=class extends K{constructor(){super();this.words=new Z(this);this.seen=null;this.newest=null;this.all=!1}willUpdate(t){!t.has("records")||this.records===null||(this.seen=this.newest??this.records[0]?.index??-1,this.newest=this.records[0]?.index??-1)}render(){let{t}=this.words,n=this.records?.filter(o=>this.all||!Td(o))??[];return f`<section aria-labelledby="heading">
      <div class="top">
        <h2 id="heading">${t.records.heading}</h2>
        <label title=${t.records.showAllHelp}>
          <input
            type="checkbox"
            class="all"
            .checked=${this.all}
            @change=${o=>{this.all=o.target.checked}}
          />${t.records.showAll}
        </label>
      </div>
      ${this.records===null?f`<p class="quiet">${t.loading}</p>`:n.length===0?f`<p class="quiet">${this.records.length===0?t.records.none:t.records.onlyEmpty}</p>`:this.table(n)}
    </section>`}table(t){let{t:n}=this.words;return f`<div class="scroll" tabindex="0" role="region" aria-labelledby="heading">
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" class="number">${n.records.index}</th>
            <th role="columnheader" scope="col">${n.records.kind}</th>
            <th role="columnheader" scope="col">${n.records.slot}</th>
            <th role="columnheader" scope="col">${n.records.route}</th>
            <th role="columnheader" scope="col" class="number">${n.records.energy}</th>
            <th role="columnheader" scope="col">${n.records.sources}</th>
            <th role="columnheader" scope="col" class="number">${n.records.frequency}</th>
            <th role="columnheader" scope="col" class="number">${n.records.inLog}</th>
            <th role="columnheader" scope="col"><span class="unseen">${n.records.verify}</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${_r(t,({index:o})=>o,o=>this.row(o))}
        </tbody>
      </table>
    </div>`}row(t){let{t:n,f:o}=this.words,s=this.seen!==null&&t.index>this.seen,i=n.records.kinds[t.kind]??t.kind,a=this.serverNow??t.time_ms;return f`<tr role="row" class=${s?"fresh":""} data-index=${t.index}>
      <td role="cell" class="number index">${t.index}</td>
      <td role="cell" class="kinds"><span class="kind ${t.kind}">${i}</span></td>
      <td role="cell" class="slot">${o.moment(t.slot*1e3,a)}</td>
      <td role="cell" class="route">
        ${this.party(t.sender)}<span class="arrow" aria-label=${n.records.to}>→</span
        >${this.party(t.receiver)}
      </td>
      <td role="cell" class="number energy">
        ${dp(t)?n.records.notDelivered:o.energy(t.energy_wh)}
      </td>
      <td role="cell" class="colours">${this.sources(t)}</td>
      <td role="cell" class="number hz">${o.frequency(t.frequency_hz)}</td>
      <td role="cell" class="number log">${this.mark(t)}</td>
      <td role="cell" class="number check">
        <button
          class="verify"
          aria-label=${n.records.verifyHelp(t.index)}
          @click=${()=>this.verify(t.index)}
        >
          ${n.records.verify}
        </button>
      </td>
    </tr>`}verify(t){this.dispatchEvent(new CustomEvent("verify-record",{detail:t}))}party(t){let{t:n}=this.words;return t===null?n.unknown:n.records.parties[t]??t}sources({sources:t}){let{t:n,f:o}=this.words,s=Object.entries(t??{});return s.length===0?n.unknown:f`<span class="sources"
      >${s.map(([i,a])=>f`<span class="chip ${i}"
            ><i></i
            >${n.records.sourceNames[i]??i}${s.length>1?f` ${o.energy(a)}`:g}</span
          >`)}</span
    >`}mark(t){let{t:n}=this.words;switch(this.holds(t)){case!0:return f`<span class="held" role="img" aria-label=${n.records.held} title=${n.records.held}>✓</span>`;case!1:return f`<span class="bad" role="img" aria-label=${n.records.notHeld} title=${n.records.notHeld}>✗</span>`;case null:return f`<span role="img" aria-label=${n.records.notChecked} title=${n.records.notChecked}
          >${n.unknown}</span
        >`}}};Vr.properties={records:{attribute:!1},serverNow:{attribute:!1},log:{attribute:!1},holds:{attribute:!1},all:{state:!0}},Vr.styles=[J,V`
      .scroll {
        max-height: 520px;
        overflow-y: auto;
        margin: 0 -18px -18px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13.5px;
      }
      th {
        position: sticky;
        top: 0;
        z-index: 1;
        background: var(--card);
        text-align: start;
        font-weight: 500;
        font-size: 12.5px;
        color: var(--quiet);
        padding: 6px 8px;
        box-shadow: inset 0 -1px 0 var(--line);
        white-space: nowrap;
      }
      td {
        padding: 7px 8px;
        border-top: 1px solid var(--line);
        white-space: nowrap;
      }
      th:first-child,
      td:first-child {
        padding-left: 18px;
      }
      th:last-child,
      td:last-child {
        padding-right: 18px;
      }
      .number {
        text-align: end;
      }
      .index {
        color: var(--quiet);
      }
      .kind {
        display: inline-block;
        min-width: 52px;
        text-align: center;
        padding: 0 8px;
        border-radius: 6px;
        background: var(--sunken);
        border: 1px solid var(--line);
        font-size: 12.5px;
      }
      .kind.transfer {
        background: var(--give-soft);
        border-color: transparent;
      }
      .kind.gap,
      .kind.exception {
        background: var(--warn-soft);
        border-color: transparent;
      }
      .sources {
        display: flex;
        gap: 5px;
        flex-wrap: wrap;
      }
      .chip {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        border-radius: 99px;
        border: 1px solid var(--line);
        padding: 0 9px 0 7px;
        font-size: 12px;
      }
      .chip i {
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--quiet);
      }
      .chip.solar i {
        background: var(--solar-fill);
      }
      .chip.grid i {
        background: var(--take);
      }
      .chip.battery i,
      .chip.vehicle i {
        background: var(--battery);
      }
      .chip.wind i,
      .chip.fuel_cell i {
        background: var(--give);
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        justify-content: space-between;
        gap: 0 16px;
      }
      .top label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 13px;
        color: var(--quiet);
        cursor: pointer;
      }
      input {
        accent-color: var(--accent);
        margin: 0;
      }
      button.verify {
        padding: 1px 8px;
        font-size: 12px;
      }
      .held {
        color: var(--good);
        font-weight: 700;
      }
      .bad {
        color: var(--bad);
        font-weight: 700;
      }
      .arrow {
        color: var(--quiet);
        padding: 0 4px;
      }
      tr.fresh td {
        animation: fresh 2.5s ease-out;
      }
      @keyframes fresh {
        from {
          background: var(--good-soft);
        }
      }
      @media (prefers-reduced-motion: reduce) {
        tr.fresh td {
          animation: none;
        }
      }
      @media (max-width: 700px) {
        .scroll {
          margin: 0 -12px -14px;
        }
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: grid;
          grid-template-columns: auto minmax(0, 1fr) auto;
          gap: 2px 10px;
          padding: 8px 12px;
          border-top: 1px solid var(--line);
          align-items: center;
        }
        td,
        td:first-child,
        td:last-child {
          display: block;
          padding: 0;
          border: 0;
        }
        td.index {
          grid-area: 2 / 1;
          font-size: 12px;
        }
        td.kinds {
          grid-area: 1 / 1;
        }
        td.route {
          grid-area: 1 / 2;
          overflow: hidden;
          text-overflow: ellipsis;
        }
        td.energy {
          grid-area: 1 / 3;
          font-weight: 600;
        }
        td.slot {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
        td.log {
          grid-area: 2 / 3;
          text-align: end;
        }
        td.colours {
          grid-area: 3 / 1 / auto / 3;
        }
        td.check {
          grid-area: 3 / 3;
        }
        td.hz {
          grid-area: 2 / 2;
          color: var(--quiet);
          font-size: 12px;
        }
      }
    `];function Td(r){let{kind:e,energy_wh:t,sender:n,receiver:o}=r;return(e==="interval"||e==="transfer"&&n!==null&&n===o)&&t===0}function dp(r){return r.kind==="transfer"&&r.energy_wh===0&&!Td(r)}customElements.define("record-table",Vr);var Is=48,Kr=352,mo=132,Rd=16,cp=48,jr=Kr/Is,Gr=class extends K{constructor(){super();this.words=new Z(this);this.chosen=null}render(){let{t}=this.words,n=this.slots?.[0];return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.slots.heading}</h2>
      ${this.slots===null?f`<p class="quiet">${t.loading}</p>`:n===void 0?f`<p class="quiet">${t.slots.none}</p>`:this.filled(this.slots,n)}
    </section>`}filled(t,n){let{t:o}=this.words,s=fp(t,n),i=s.find(({slot:a})=>a.slot===this.chosen)??s[0];return f`
      ${this.chart(s,i)}
      <ul>
        <li><i class="shared"></i>${o.slots.shared}</li>
        <li><i class="grid"></i>${o.slots.fromGrid}</li>
        <li><i class="surplus"></i>${o.slots.surplus}</li>
      </ul>
      ${i===void 0?g:this.figures(i)} ${this.table(s)}
    `}chart(t,n){let{t:o,f:s}=this.words,i=Math.max(1,...t.map(({energy:u})=>u.shared+u.fromGrid)),a=Math.max(0,...t.map(({energy:u})=>u.surplus)),l=(mo-Rd-14)/(i+a),d=14+i*l,c=up([t[0],t.at(-1),t[Math.floor(t.length/2)]]);return f`<svg viewBox="0 0 ${Kr} ${mo}" role="img" aria-label=${o.slots.label(t.length)}>
      <path class="guide" d="M0 ${14 .toFixed(1)}H${Kr}" />
      <text x="0" y="10">${s.energy(i)}</text>
      ${t.map(u=>this.bar(u,d,l,u===n))}
      <path class="zero" d="M0 ${d.toFixed(1)}H${Kr}" />
      ${c.map(({x:u,slot:h})=>{let p=u<30?"start":u>Kr-30?"end":"middle",m=p==="start"?u:p==="end"?u+jr:u+jr/2;return ae`<text x=${m.toFixed(1)} y=${mo-3} text-anchor=${p}>${s.time(h.slot*1e3)}</text>`})}
    </svg>`}bar({slot:t,energy:n,x:o},s,i,a){let l=(jr-1.4).toFixed(2),[d,c,u]=[n.shared,n.fromGrid,n.surplus].map(h=>h*i);return ae`<g data-slot=${t.slot}>
      <rect class="grid" x=${o.toFixed(2)} y=${(s-d-c).toFixed(2)} width=${l} height=${c.toFixed(2)} />
      <rect class="shared" x=${o.toFixed(2)} y=${(s-d).toFixed(2)} width=${l} height=${d.toFixed(2)} />
      <rect class="surplus" x=${o.toFixed(2)} y=${s.toFixed(2)} width=${l} height=${u.toFixed(2)} />
      <rect class="hit ${a?"chosen":""}" x=${(o-.7).toFixed(2)} y="0" width=${jr.toFixed(2)} height=${mo-Rd}
        @pointerenter=${()=>this.choose(t)} @click=${()=>this.choose(t)} />
    </g>`}choose(t){this.chosen=t===this.slots?.[0]?null:t.slot}figures({slot:t,energy:n}){let{t:o,f:s}=this.words,i=n.shared+n.fromGrid,a=i===0?null:n.shared/i*100,l=(d,c)=>f`<div>
        <dt>${d}</dt>
        <dd>${c}</dd>
      </div>`;return f`
      <dl class="one">
        <div class="whole">
          <dt>${o.slots.time}</dt>
          <dd>${s.slot(t.slot,t.seconds,this.serverNow??t.settled_ms)}</dd>
        </div>
        ${l(o.slots.shared,s.energy(n.shared))} ${l(o.slots.price,s.price(gl(t)))}
        ${l(o.slots.fromGrid,s.energy(n.fromGrid))} ${l(o.slots.surplus,s.energy(n.surplus))}
        ${l(o.slots.common,s.energy(t.common_wh))} ${l(o.slots.loss,s.energy(t.loss_wh))}
        ${t.settled_by===null?g:f`<div class="whole">
                <dt>${o.slots.settlement}</dt>
                <dd class="settled-by">${o.slots.settledBy[t.settled_by]??t.settled_by}</dd>
              </div>`}
        ${t.rent===null||t.rent===0?g:f`<div class="whole rent" title=${o.slots.rentHelp}>
                <dt>${o.slots.rent}</dt>
                <dd>${s.exactMoney(t.rent)}</dd>
              </div>`}
        <div class="whole">
          <dt>${o.slots.ratio}</dt>
          <dd>${s.percent(a)}</dd>
        </div>
      </dl>
      ${t.missing.length===0?g:f`<p class="missing">${o.slots.missing(t.missing.join(", "))}</p>`}
    `}table(t){let{t:n,f:o}=this.words;return f`<div class="unseen">
      <table>
        <caption>
          ${n.slots.label(t.length)}
        </caption>
        <tr>
          <th scope="col">${n.slots.time}</th>
          <th scope="col">${n.slots.shared}</th>
          <th scope="col">${n.slots.fromGrid}</th>
          <th scope="col">${n.slots.surplus}</th>
        </tr>
        ${t.map(({slot:s,energy:i})=>f`<tr>
              <th scope="row">${o.slot(s.slot,s.seconds,this.serverNow??s.settled_ms)}</th>
              <td>${o.energy(i.shared)}</td>
              <td>${o.energy(i.fromGrid)}</td>
              <td>${o.energy(i.surplus)}</td>
            </tr>`)}
      </table>
    </div>`}};Gr.properties={slots:{attribute:!1},serverNow:{attribute:!1},chosen:{state:!0}},Gr.styles=[J,V`
      svg {
        display: block;
        width: 100%;
        height: auto;
        touch-action: pan-y;
      }
      .shared {
        fill: var(--give);
        background: var(--give);
      }
      .grid {
        fill: var(--take-soft);
        background: var(--take-soft);
      }
      .surplus {
        fill: var(--solar-fill);
        background: var(--solar-fill);
      }
      .zero {
        stroke: var(--quiet);
        stroke-width: 1;
      }
      .guide {
        stroke: var(--line);
        stroke-width: 1;
      }
      text {
        fill: var(--quiet);
        font-size: 10.5px;
      }
      .hit {
        fill: transparent;
      }
      .hit.chosen {
        fill: var(--quiet);
        opacity: 0.14;
      }
      ul {
        list-style: none;
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        margin: 8px 0 0;
        padding: 0;
        font-size: 13px;
      }
      ul i {
        display: inline-block;
        width: 10px;
        height: 10px;
        border-radius: 3px;
        margin-right: 6px;
      }
      .one {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 4px 16px;
        margin-top: 10px;
        padding-top: 10px;
        border-top: 1px solid var(--line);
      }
      .one > div {
        display: flex;
        justify-content: space-between;
        gap: 8px;
      }
      .one dd {
        white-space: nowrap;
      }
      @media (max-width: 420px) {
        .one {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      .one .whole {
        grid-column: 1 / -1;
      }
      .missing {
        color: var(--warn);
        font-size: 13px;
        margin-top: 6px;
        overflow-wrap: anywhere;
      }
      table {
        border-collapse: collapse;
      }
    `];function up(r){let e=[];for(let t of r)t!==void 0&&e.every(({x:n})=>Math.abs(n-t.x)>=cp)&&e.push(t);return e}function fp(r,e){return r.map(t=>({slot:t,energy:ml(t),behind:Math.round((e.slot-t.slot)/e.seconds)})).filter(({behind:t})=>t<Is).map(({slot:t,energy:n,behind:o})=>({slot:t,energy:n,x:(Is-1-o)*jr+.7}))}customElements.define("slot-chart",Gr);var Yr=class extends K{constructor(){super();this.words=new Z(this);this.store=null;this.known=()=>this.store?.known()??Promise.resolve(null);this.ask=(t,n)=>this.store?.ask(t,n)??Promise.resolve();this.market=Bi(this.known);this.snapshot=ks,this.clock=performance.now()}connectedCallback(){super.connectedCallback(),document.documentElement.lang=Me.language,this.store=new Qn(t=>{this.snapshot=t,this.clock=performance.now()}),this.store.start(),this.timer=setInterval(()=>{this.clock=performance.now()},1e3)}disconnectedCallback(){super.disconnectedCallback(),this.store?.stop(),clearInterval(this.timer)}updated(){let t=this.snapshot.building?.name;document.title=t===void 0?"Local VPP":this.words.t.title(t)}verify(t){let n=dn(t);this.renderRoot.querySelector("proof-check")?.checkFetched(t,n)}held(t){let{t:n}=this.words,o=t?.log??null;return o===null||o.held===null?g:(o.objections??[]).some(({kind:s})=>s==="ahead")?f`<p class="notice" role="alert" data-kind="held">
      ${n.connection.setBack} <code>local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE</code>
    </p>`:f`<p class="notice" role="status" data-kind="held">${n.connection.held}</p>`}render(){let{t}=this.words,{building:n,state:o,stateAt:s,records:i,slots:a,connection:l,log:d,headMs:c,unreadable:u}=this.snapshot,{witnesses:h,witnessed:p,mirrors:m,reader:w,market:$}=this.snapshot,B=o===null?null:o.time_ms+(this.clock-s),T=new Map(o?.flats.flatMap(({device:N,flat:Q})=>N===null?[]:[[N,Q]])??[]),b=l.kind==="restricted",E=w?.role==="resident"?w.flat:null,O=f`<market-panel
      .slots=${$}
      .settledSlots=${a}
      .reader=${w}
      .sources=${this.market}
      .now=${B??Date.now()}
      @verify-record=${N=>this.verify(N.detail)}
    ></market-panel>`;return f`
      <header>
        <div>
          <div class="product">${t.product}</div>
          <h1>${n?.name??t.loading}</h1>
        </div>
        <div class="right">
          <connection-state .connection=${l} .clock=${this.clock} .resident=${E}></connection-state>
          <button
            class="language"
            lang=${Me.language==="ja"?"en":"ja"}
            aria-label=${t.languageLabel}
            @click=${()=>Me.change(Me.language==="ja"?"en":"ja")}
          >
            ${t.language}
          </button>
        </div>
      </header>
      ${b?f`<p class="notice" data-kind="restricted">
              ${E===null?t.connection.restrictedHelp:t.connection.residentHelp(t.picture.flat(E))}
            </p>`:g}
      ${u===null?g:f`<p class="notice" role="alert">${t.connection.unreadable(u.event,u.problem)}</p>`}
      ${this.held(o)}
      <alarm-list
        .conflicts=${o?.conflicts??[]}
        .objections=${p?.objections??[]}
        .nextKeyHere=${o?.next_key_here??!1}
        .now=${B??Date.now()}
        .names=${T}
      ></alarm-list>
      <main>
        <div class="wide">
          ${b?O:f`
                  <flow-picture
                    .state=${o}
                    .wallet=${Bo}
                    @verify-record=${N=>this.verify(N.detail)}
                    .slots=${a}
                    .stale=${l.kind!=="live"}
                    .silentMs=${this.clock-s}
                  ></flow-picture>
                  ${O}
                  <blackout-panel
                    .blackout=${o?.blackout??null}
                    .flats=${o?.flats??[]}
                    .now=${B??Date.now()}
                    .ask=${this.ask}
                  ></blackout-panel>
                  <record-table
                    .records=${i}
                    .serverNow=${B}
                    .log=${d}
                    @verify-record=${N=>this.verify(N.detail)}
                    .holds=${N=>this.store?.holds(N)??null}
                  ></record-table>
                `}
          <proof-check .known=${this.known} .names=${T}></proof-check>
        </div>
        <div class="side">
          ${b?E===null?g:f`<wallet-view
                    .flat=${E}
                    .source=${Bo}
                    @verify-record=${N=>this.verify(N.detail)}
                  ></wallet-view>`:f`
                  <building-now
                    .state=${o}
                    .slotSeconds=${n?.slot_seconds??null}
                    .serverNow=${B}
                  ></building-now>
                  <slot-chart .slots=${a} .serverNow=${B}></slot-chart>
                `}
          <log-panel
            .log=${d}
            .fingerprint=${n?.fingerprint??null}
            .ageMs=${c===null||B===null?null:B-c}
            .witnesses=${h}
            .witnessed=${p}
            .mirrors=${m}
            .now=${B??Date.now()}
            .names=${T}
            @verify-all=${()=>this.store?.verifyAll()}
            @forget-log=${()=>this.store?.forgetLog()}
            @accept-policy=${()=>this.store?.acceptPolicy()}
          ></log-panel>
        </div>
      </main>
    `}};Yr.properties={snapshot:{state:!0},clock:{state:!0}},Yr.styles=[J,V`
      :host {
        display: grid;
        gap: 16px;
        max-width: 1360px;
        margin: 0 auto;
        padding: 14px 20px 48px;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        min-height: 48px;
      }
      h1 {
        margin: 0;
        font-size: 21px;
        font-weight: 680;
        line-height: 1.3;
      }
      .product {
        color: var(--quiet);
        font-size: 12px;
        letter-spacing: 0.06em;
      }
      .right {
        margin-left: auto;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 392px);
        gap: 16px;
        align-items: start;
      }
      .side,
      .wide {
        display: grid;
        /* What is wider than its column scrolls in itself, and lies over nothing. */
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        min-width: 0;
      }
      .notice {
        background: var(--warn-soft);
        color: var(--text);
        border-radius: 10px;
        padding: 10px 14px;
        overflow-wrap: anywhere;
      }
      @media (max-width: 980px) {
        main {
          grid-template-columns: minmax(0, 1fr);
        }
        .side,
        .wide {
          display: contents;
        }
        building-now {
          order: -1;
        }
        wallet-view {
          order: -1;
        }
        market-panel {
          order: 1;
        }
        blackout-panel {
          order: 1;
        }
        record-table {
          order: 1;
        }
        log-panel {
          order: 2;
        }
        proof-check {
          order: 3;
        }
      }
      @media (max-width: 620px) {
        :host {
          padding: 8px 12px 32px;
          gap: 12px;
        }
        main {
          gap: 12px;
        }
        h1 {
          font-size: 18px;
        }
      }
    `];customElements.define("building-page",Yr);
