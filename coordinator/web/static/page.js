var On=globalThis,Cn=On.ShadowRoot&&(On.ShadyCSS===void 0||On.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,Ir=Symbol(),ns=new WeakMap,qt=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==Ir)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Cn&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=ns.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&ns.set(t,e))}return e}toString(){return this.cssText}},rs=n=>new qt(typeof n=="string"?n:n+"",void 0,Ir),ne=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((r,o,s)=>r+(i=>{if(i._$cssResult$===!0)return i.cssText;if(typeof i=="number")return i;throw Error("Value passed to 'css' function must be a 'css' function result: "+i+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+n[s+1],n[0]);return new qt(t,n,Ir)},os=(n,e)=>{if(Cn)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),o=On.litNonce;o!==void 0&&r.setAttribute("nonce",o),r.textContent=t.cssText,n.appendChild(r)}},Dr=Cn?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return rs(t)})(n):n;var{is:rl,defineProperty:ol,getOwnPropertyDescriptor:sl,getOwnPropertyNames:il,getOwnPropertySymbols:al,getPrototypeOf:ll}=Object,Mn=globalThis,ss=Mn.trustedTypes,dl=ss?ss.emptyScript:"",cl=Mn.reactiveElementPolyfillSupport,Kt=(n,e)=>n,Fr={toAttribute(n,e){switch(e){case Boolean:n=n?dl:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},as=(n,e)=>!rl(n,e),is={attribute:!0,type:String,converter:Fr,reflect:!1,useDefault:!1,hasChanged:as};Symbol.metadata??=Symbol("metadata"),Mn.litPropertyMetadata??=new WeakMap;var qe=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=is){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),o=this.getPropertyDescriptor(e,r,t);o!==void 0&&ol(this.prototype,e,o)}}static getPropertyDescriptor(e,t,r){let{get:o,set:s}=sl(this.prototype,e)??{get(){return this[t]},set(i){this[t]=i}};return{get:o,set(i){let a=o?.call(this);s?.call(this,i),this.requestUpdate(e,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??is}static _$Ei(){if(this.hasOwnProperty(Kt("elementProperties")))return;let e=ll(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(Kt("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Kt("properties"))){let t=this.properties,r=[...il(t),...al(t)];for(let o of r)this.createProperty(o,t[o])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,o]of t)this.elementProperties.set(r,o)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let o=this._$Eu(t,r);o!==void 0&&this._$Eh.set(o,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let o of r)t.unshift(Dr(o))}else e!==void 0&&t.push(Dr(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return os(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),o=this.constructor._$Eu(e,r);if(o!==void 0&&r.reflect===!0){let s=(r.converter?.toAttribute!==void 0?r.converter:Fr).toAttribute(t,r.type);this._$Em=e,s==null?this.removeAttribute(o):this.setAttribute(o,s),this._$Em=null}}_$AK(e,t){let r=this.constructor,o=r._$Eh.get(e);if(o!==void 0&&this._$Em!==o){let s=r.getPropertyOptions(o),i=typeof s.converter=="function"?{fromAttribute:s.converter}:s.converter?.fromAttribute!==void 0?s.converter:Fr;this._$Em=o;let a=i.fromAttribute(t,s.type);this[o]=a??this._$Ej?.get(o)??a,this._$Em=null}}requestUpdate(e,t,r,o=!1,s){if(e!==void 0){let i=this.constructor;if(o===!1&&(s=this[e]),r??=i.getPropertyOptions(e),!((r.hasChanged??as)(s,t)||r.useDefault&&r.reflect&&s===this._$Ej?.get(e)&&!this.hasAttribute(i._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:o,wrapped:s},i){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,i??t??this[e]),s!==!0||i!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),o===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,s]of this._$Ep)this[o]=s;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[o,s]of r){let{wrapped:i}=s,a=this[o];i!==!0||this._$AL.has(o)||a===void 0||this.C(o,void 0,s,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};qe.elementStyles=[],qe.shadowRootOptions={mode:"open"},qe[Kt("elementProperties")]=new Map,qe[Kt("finalized")]=new Map,cl?.({ReactiveElement:qe}),(Mn.reactiveElementVersions??=[]).push("2.1.2");var qr=globalThis,ls=n=>n,Nn=qr.trustedTypes,ds=Nn?Nn.createPolicy("lit-html",{createHTML:n=>n}):void 0,Kr="$lit$",Ke=`lit$${Math.random().toFixed(9).slice(2)}$`,Vr="?"+Ke,ul=`<${Vr}>`,ct=document,jt=()=>ct.createComment(""),Wt=n=>n===null||typeof n!="object"&&typeof n!="function",jr=Array.isArray,ms=n=>jr(n)||typeof n?.[Symbol.iterator]=="function",zr=`[ 	
\f\r]`,Vt=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,cs=/-->/g,us=/>/g,lt=RegExp(`>|${zr}(?:([^\\s"'>=/]+)(${zr}*=${zr}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),fs=/'/g,hs=/"/g,gs=/^(?:script|style|textarea|title)$/i,Wr=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),f=Wr(1),he=Wr(2),Iu=Wr(3),Ve=Symbol.for("lit-noChange"),g=Symbol.for("lit-nothing"),ps=new WeakMap,dt=ct.createTreeWalker(ct,129);function ys(n,e){if(!jr(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return ds!==void 0?ds.createHTML(e):e}var ws=(n,e)=>{let t=n.length-1,r=[],o,s=e===2?"<svg>":e===3?"<math>":"",i=Vt;for(let a=0;a<t;a++){let l=n[a],d,c,u=-1,m=0;for(;m<l.length&&(i.lastIndex=m,c=i.exec(l),c!==null);)m=i.lastIndex,i===Vt?c[1]==="!--"?i=cs:c[1]!==void 0?i=us:c[2]!==void 0?(gs.test(c[2])&&(o=RegExp("</"+c[2],"g")),i=lt):c[3]!==void 0&&(i=lt):i===lt?c[0]===">"?(i=o??Vt,u=-1):c[1]===void 0?u=-2:(u=i.lastIndex-c[2].length,d=c[1],i=c[3]===void 0?lt:c[3]==='"'?hs:fs):i===hs||i===fs?i=lt:i===cs||i===us?i=Vt:(i=lt,o=void 0);let h=i===lt&&n[a+1].startsWith("/>")?" ":"";s+=i===Vt?l+ul:u>=0?(r.push(d),l.slice(0,u)+Kr+l.slice(u)+Ke+h):l+Ke+(u===-2?a:h)}return[ys(n,s+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},Yt=class n{constructor({strings:e,_$litType$:t},r){let o;this.parts=[];let s=0,i=0,a=e.length-1,l=this.parts,[d,c]=ws(e,t);if(this.el=n.createElement(d,r),dt.currentNode=this.el.content,t===2||t===3){let u=this.el.content.firstChild;u.replaceWith(...u.childNodes)}for(;(o=dt.nextNode())!==null&&l.length<a;){if(o.nodeType===1){if(o.hasAttributes())for(let u of o.getAttributeNames())if(u.endsWith(Kr)){let m=c[i++],h=o.getAttribute(u).split(Ke),x=/([.?@])?(.*)/.exec(m);l.push({type:1,index:s,name:x[2],strings:h,ctor:x[1]==="."?Un:x[1]==="?"?Hn:x[1]==="@"?Pn:ft}),o.removeAttribute(u)}else u.startsWith(Ke)&&(l.push({type:6,index:s}),o.removeAttribute(u));if(gs.test(o.tagName)){let u=o.textContent.split(Ke),m=u.length-1;if(m>0){o.textContent=Nn?Nn.emptyScript:"";for(let h=0;h<m;h++)o.append(u[h],jt()),dt.nextNode(),l.push({type:2,index:++s});o.append(u[m],jt())}}}else if(o.nodeType===8)if(o.data===Vr)l.push({type:2,index:s});else{let u=-1;for(;(u=o.data.indexOf(Ke,u+1))!==-1;)l.push({type:7,index:s}),u+=Ke.length-1}s++}}static createElement(e,t){let r=ct.createElement("template");return r.innerHTML=e,r}};function ut(n,e,t=n,r){if(e===Ve)return e;let o=r!==void 0?t._$Co?.[r]:t._$Cl,s=Wt(e)?void 0:e._$litDirective$;return o?.constructor!==s&&(o?._$AO?.(!1),s===void 0?o=void 0:(o=new s(n),o._$AT(n,t,r)),r!==void 0?(t._$Co??=[])[r]=o:t._$Cl=o),o!==void 0&&(e=ut(n,o._$AS(n,e.values),o,r)),e}var Ln=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,o=(e?.creationScope??ct).importNode(t,!0);dt.currentNode=o;let s=dt.nextNode(),i=0,a=0,l=r[0];for(;l!==void 0;){if(i===l.index){let d;l.type===2?d=new _t(s,s.nextSibling,this,e):l.type===1?d=new l.ctor(s,l.name,l.strings,this,e):l.type===6&&(d=new In(s,this,e)),this._$AV.push(d),l=r[++a]}i!==l?.index&&(s=dt.nextNode(),i++)}return dt.currentNode=ct,o}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},_t=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,o){this.type=2,this._$AH=g,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=ut(this,e,t),Wt(e)?e===g||e==null||e===""?(this._$AH!==g&&this._$AR(),this._$AH=g):e!==this._$AH&&e!==Ve&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):ms(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==g&&Wt(this._$AH)?this._$AA.nextSibling.data=e:this.T(ct.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,o=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=Yt.createElement(ys(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===o)this._$AH.p(t);else{let s=new Ln(o,this),i=s.u(this.options);s.p(t),this.T(i),this._$AH=s}}_$AC(e){let t=ps.get(e.strings);return t===void 0&&ps.set(e.strings,t=new Yt(e)),t}k(e){jr(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,o=0;for(let s of e)o===t.length?t.push(r=new n(this.O(jt()),this.O(jt()),this,this.options)):r=t[o],r._$AI(s),o++;o<t.length&&(this._$AR(r&&r._$AB.nextSibling,o),t.length=o)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=ls(e).nextSibling;ls(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},ft=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,o,s){this.type=1,this._$AH=g,this._$AN=void 0,this.element=e,this.name=t,this._$AM=o,this.options=s,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=g}_$AI(e,t=this,r,o){let s=this.strings,i=!1;if(s===void 0)e=ut(this,e,t,0),i=!Wt(e)||e!==this._$AH&&e!==Ve,i&&(this._$AH=e);else{let a=e,l,d;for(e=s[0],l=0;l<s.length-1;l++)d=ut(this,a[r+l],t,l),d===Ve&&(d=this._$AH[l]),i||=!Wt(d)||d!==this._$AH[l],d===g?e=g:e!==g&&(e+=(d??"")+s[l+1]),this._$AH[l]=d}i&&!o&&this.j(e)}j(e){e===g?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Un=class extends ft{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===g?void 0:e}},Hn=class extends ft{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==g)}},Pn=class extends ft{constructor(e,t,r,o,s){super(e,t,r,o,s),this.type=5}_$AI(e,t=this){if((e=ut(this,e,t,0)??g)===Ve)return;let r=this._$AH,o=e===g&&r!==g||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,s=e!==g&&(r===g||o);o&&this.element.removeEventListener(this.name,this,r),s&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},In=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){ut(this,e)}},bs={M:Kr,P:Ke,A:Vr,C:1,L:ws,R:Ln,D:ms,V:ut,I:_t,H:ft,N:Hn,U:Pn,B:Un,F:In},fl=qr.litHtmlPolyfillSupport;fl?.(Yt,_t),(qr.litHtmlVersions??=[]).push("3.3.3");var xs=(n,e,t)=>{let r=t?.renderBefore??e,o=r._$litPart$;if(o===void 0){let s=t?.renderBefore??null;r._$litPart$=o=new _t(e.insertBefore(jt(),s),s,void 0,t??{})}return o._$AI(n),o};var Yr=globalThis,Z=class extends qe{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=xs(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return Ve}};Z._$litElement$=!0,Z.finalized=!0,Yr.litElementHydrateSupport?.({LitElement:Z});var hl=Yr.litElementPolyfillSupport;hl?.({LitElement:Z});(Yr.litElementVersions??=[]).push("4.2.2");var vs={title:n=>`Power at ${n}`,product:"Local VPP",language:"日本語",languageLabel:"日本語に切り替える",unknown:"–",loading:"Loading…",connection:{connecting:"Connecting",live:"Live",lost:n=>`Connection lost. Trying again in ${n} s`,retrying:"Connection lost. Trying again…",stale:"The values shown are from before",restricted:"Not opened as the manager",restrictedHelp:"Power and records are shown when this page is opened with the manager's address. Anyone can check the log here.",held:"No record is taken until enough witnesses have signed the log's head, as after each start. Records wait; none is lost.",setBack:"No record is taken: witnesses have signed more entries than the log has. Stop the coordinator, and put back a newer backup, or rebuild the log from a flat's copy that has them:",unreadable:(n,e)=>`The server's ${n} message cannot be read: ${e}`},alarms:{heading:"Somebody has to look",conflict:(n,e,t)=>`${n}: two different records with number ${e} were signed with its key (found ${t}). Two devices use one key.`,conflictHelp:"Nothing is taken of this flat until the copy is stopped and the manager has reinstated it. Both records are kept as evidence:",ahead:(n,e)=>`${n} has signed a log of ${e} entries, which is more than it has now. Records were removed, or an old state was restored.`,fork:n=>`${n} does not sign the newest head: it does not follow from the one it has signed. The log may have two histories.`,objectionHelp:"The flat keeps both heads as evidence. Tell the manager, and compare with the copies that other flats keep.",nextKey:"The building's next key still lies on the server.",nextKeyHelp:"As long as it does, whoever breaks in can renew the building's key. Print it or copy it away, to another place than the recovery key's sheet, and delete it from the data folder:"},now:{heading:"Now",importing:"From the grid",exporting:"To the grid",bulk:"Bulk meter",balanced:"Nothing to or from the grid",shared:"Flat to flat",sharedHelp:"What flats give and take at this moment, as far as it balances inside the building",pv:"Solar",battery:"Batteries",charging:"charging",discharging:"discharging",common:"Common parts",frequency:"Frequency",flats:"Flats",online:(n,e)=>`${n} of ${e} online`,islanded:n=>`${n} islanded`,partial:"of known flats",atLeast:n=>`≥ ${n}`,latency:"Delay (median/99%)",latencyValues:(n,e)=>`${n} / ${e}`,slot:"This slot",slotEnds:n=>`${n} left`},picture:{heading:"Power flow",label:n=>`Power flow of the building: ${n} flats, common parts, bulk meter, grid`,grid:"Grid",meter:"Bulk meter",meterSub:"of the building",common:"Common",floor:n=>`${n}F`,flat:n=>`Flat ${n}`,buying:"taking",selling:"giving",idle:"nothing either way",offline:"offline",islanded:"island",legendIn:"taking",legendOut:"giving",legendWidth:"wider means more power",legendUnknown:"unknown",choose:"Choose a flat for its details"},flat:{close:"Close",grid:"Power at the meter",load:"Use",pv:"Solar",battery:"Battery",soc:"Charge",frequency:"Frequency",registers:"Registers (taken / given)",age:"Last heard",state:"State",online:"online",offline:"offline",islanded:"running as an island",device:"Device id",fingerprint:"Key fingerprint",notEnrolled:"not enrolled",lastSlot:n=>`Last settled slot, ${n}`,imported:"Taken",exported:"Given",sharedIn:"Shared, received",sharedOut:"Shared, given",insideMoney:"Balance of sharing",gridMoney:"Balance with the grid",notInSlot:"No meter values of this flat arrived"},slots:{heading:"Settled slots",label:n=>`Energy of the last ${n} settled slots`,none:"No slot has been settled yet",shared:"Shared",fromGrid:"From grid",surplus:"Surplus",price:"Price",yenPerKwh:"yen/kWh",missing:n=>`Missing: ${n}`,loss:"Losses",common:"Common parts",ratio:"Covered inside the building",time:"Slot"},records:{heading:"Energy transfer proofs (ETP)",none:"No records yet",index:"No.",kind:"Kind",slot:"Slot",route:"Sender → receiver",to:"to",energy:"Energy",volume:"Volume",sources:"Source",frequency:"Frequency",inLog:"Log",held:"This record stands in the verified log",notHeld:"The log has another record at this number",notChecked:"Not checked yet",showAll:"Show all",showAllHelp:"Also the meter records of directions in which no energy moved",onlyEmpty:"The newest records are all of 0 Wh",verify:"Verify",verifyHelp:n=>`Check record ${n} by its proof in this browser`,kinds:{begin:"begin",interval:"meter",end:"end",tariff_change:"new tariff",exception:"meter exchanged",gap:"gap",enrol:"enrolment",rotate:"new key",revoke:"revoked",raw:"raw data",transfer:"shared",witness:"witness key",mirror:"copy key",settled:"settled",suspend:"suspended",reinstate:"reinstated",erased:"erased",supply:"gas",drill:"blackout drill"},parties:{building:"Building",bulk:"Bulk meter",common:"Common parts"},sourceNames:{unknown:"unknown",grid:"grid",solar:"solar",battery:"battery",vehicle:"EV",wind:"wind",fuel_cell:"fuel cell"}},log:{heading:"Check of the log",explanation:"Whether records were changed afterwards is worked out by this browser itself, from every entry, and not taken from the server.",verified:"Verified",verifiedAll:(n,e)=>`${n} entries in ${e} ms`,verifiedRest:(n,e,t)=>`${n} entries (now the last ${e}, in ${t} ms)`,verifiedSame:n=>`${n} entries, unchanged since the check before`,continues:n=>`and they continue the ${n} verified before`,waiting:"Not yet verified",checking:(n,e)=>`Verifying ${n} of ${e}`,unreachable:"Not verified: the log could not be fetched",failed:"Does not verify",failedBefore:(n,e)=>`Verification has failed ${n} times since this page was opened (last ${e})`,reasons:{format:"A file of the log is not in the form it must have.",signature:"The signature is not by the key of the building's log. Somebody poses as the server, or the key was exchanged.",key:"The key of the building's log is not the one this browser knows. This is another server, or the key was exchanged.",origin:"This is the log of another building.",shrunk:"There are fewer records than when last verified. Records were removed, or an old state was restored.",fork:"A history was signed that contradicts the one verified before. Earlier records were replaced.",entry:"A record is not the one whose hash the log's tree holds. It was changed.",root:"All records together do not make the signed value. A record was changed.",missing:"The server does not have records that it has signed for."},entry:n=>`Record concerned: number ${n}`,detail:"Details",advice:"Keep this page as it is, and compare with the building's manager and the copies that other flats keep.",origin:"Name of the log",size:"Entries",root:"Root",age:"Last signed",fingerprint:"Key of the building",fingerprintHelp:"Compare it with the one noted when your flat was enrolled",again:"Verify everything again",forget:"Drop the history verified before and start from the present log",forgetHelp:"Only when you know why the history changed, such as after a restored backup. This also removes the evidence from this browser."},witnesses:{heading:"Signed by other flats",none:"This building has no witnesses yet: the log's own signature stands alone",flats:(n,e,t)=>`${n} of ${e} flats have signed this head, ${t} needed`,outside:(n,e,t)=>`${n} of ${e} outside witnesses have signed, ${t} needed`,quorum:(n,e)=>`Quorum since ${n} for ${e} entries`,noQuorum:"No head has its quorum yet",here:"verified here",waits:n=>`The newest head has waited ${n} for more flats to sign. Your records are kept; neighbours have not confirmed them yet.`,old:(n,e)=>`No new quorum since ${n}; the newest head has waited ${e}. Too few flats are connected. Your records are kept; ask the manager if this lasts.`,wrong:n=>`A signature given out under the name of ${n} is not theirs. Keep this page as it is, and tell the manager.`,unread:n=>`Not checked here, as this page cannot compute its kind of signature: ${n}`,changed:"The list of witnesses has changed",changedHelp:"The signatures go on being counted by the list that this browser saw first, until you take the new one over.",pinned:"Known list",served:"Served now",added:"New",removed:"Gone",rekeyed:"Other key",dropped:"By the new list, nobody would have to sign.",allNamed:"The verified log itself names these flats with these keys, as when flats join or renew their keys.",unnamed:n=>`The verified log does not name these with their keys: ${n}. Take the list over only if the manager has told you why.`,accept:"Take the new list over",unreachable:"The flats' signatures could not be fetched, so they are not checked here",failed:"The list of witnesses or their signatures cannot be read, so they are not checked here",copies:"Copies in other flats",noCopies:"No flat keeps a copy yet",copiesHeld:(n,e,t)=>`${n} copies, ${e} of them with all ${t} entries`,behind:n=>`: ${n} behind`,unmirrored:n=>`For ${n} the flats have signed entries that no flat has a copy of. If the server is lost now, nothing brings the ledger back: see that a flat with a copy is connected and its disk is not full.`,comma:", "},proof:{heading:"Verify my proof",explanation:"Checks one energy transfer proof (ETP) with its two files. Nothing is uploaded: the files are read and checked in this browser only.",choose:"Choose or drop both files",chooseWhich:"the record (.etp) and its proof (.tlog-proof)",missingRecord:"The record (.etp) is still missing",missingProof:"The proof (.tlog-proof) is still missing",proven:"The record is proven",refused:"The record is not proven",outcomes:{passed:"passed",failed:"failed",open:"not known"},steps:{record:"The record is whole and in its one form",body:"Its content is what the signed envelope commits to",building:"It is meant for this building",proof:"The proof is in its one form",head:"The building's log has signed the proof's head",place:"The record stands in the log under that head",device:"The device's own key, as the log names it, has signed the record",witnesses:"Enough other flats have signed the head",here:"The log verified in this browser has the same record there",browser:"The browser's own cryptography (WebCrypto) comes to the same result"},reasons:{encoding:"The file is not a record, is cut off, or was changed.",field:"A field says what no record says, or is missing.",commitment:"The content is another than what was signed. It was changed afterwards.",otherBuilding:"It belongs to another building.",format:"The file is not a proof, is cut off, or was changed.",signature:"The signature is not by the key of this building's log.",origin:"The proof is of another building's log.",beyond:"The proof names a number that its head does not reach.",pathLength:"The proof has more or fewer steps than lead to the head.",path:"The record does not lead to the signed head: it, or the proof, was changed, or they do not belong together.",noKey:"The log names no key of this device before this place.",otherKey:"It was signed with another key than the device had at this place of the log.",notSigned:"The signature is not by the device's key. The record was changed, or somebody else wrote it.",keysUnread:"Not checked: this browser has not verified the log so far yet.",wrongWitness:"A signature is wrong, under the name of:",tooFew:"Too few had signed when the proof was written, or more flats have joined since. Download the proof again.",policyChanged:"Not enough by the list of witnesses that this browser knows. The building serves another one now: see the change under 'Signed by other flats'.",noWitnesses:"This building has no witnesses yet.",noPolicy:"The list of witnesses could not be read, so their signatures were not checked.",otherRecord:"The log has another record at this number.",notRemembered:"Not compared: this browser remembers the newest 1,024 records.",notSecure:"Not checked again: browsers offer WebCrypto on https only. The steps above do not need it: the page computes them itself.",noEd25519:"Not checked again: this browser's WebCrypto does not know Ed25519. The steps above do not need it: the page computes them itself.",before:"Not checked, as an earlier step has failed."},place:(n,e)=>`Number ${n} of ${e} entries (counted from 0)`,flats:(n,e,t)=>`${n} of ${e} flats, ${t} needed`,stop:". ",troubles:{notKnown:"The building's key is not known yet, as the server has not answered. Try again when the page is connected.",tooLarge:"The file is far too large for a record or a proof.",unreadable:"The file cannot be read. Was it moved, or is it a folder?",erased:"The content of this record was erased on request. Its place in the log remains.",unreachable:"The record or its proof could not be fetched. Try again when the page is connected."},says:"What the record says",saysUnproven:"As it stands in the file; it is not proven.",time:"Time",from:"From",to:"To",imported:"Import register",exported:"Export register",meter:"Meter",drillLevel:"Drill level",drillReport:"Report (SHA-256)",remarks:"Remarks",meterStatus:["","meter did not answer","meter exchanged","meter read with an error"],errorFlags:["energy not for billing","time not for billing","cut off from the grid"],signedBy:"Written by"},blackout:{heading:"Ready for a blackout",grid:"Grid at the bulk meter",grids:{good:"good",doubtful:"unsteady",gone:"gone",unknown:"unknown"},islanded:"On their own",connected:"On the grid",unknownFlats:"Unknown",safe:(n,e)=>`Acknowledged ${n} / ${e} flats`,flatStates:{islanded:"on its own",connected:"on the grid",unknown:"unknown"},isSafe:"acknowledged",none:"No drill was held yet.",plan:{heading:"Plan a drill",level:"Level",levels:{l1:"L1 roll-call alone, nobody is separated",l2:"L2 a short island",l3:"L3 an island under load",l4:"L4 an island deep into the battery"},length:"Island of each flat (min)",notice:"Notice (min)",submit:"Plan",start:"Announce it to all flats and begin",sure:"Really begin?",again:"Plan anew",planned:(n,e)=>`At most ${n} at once, contract demand ${e}. The order is drawn by lot, and each flat may refuse with a reason.`,plannedRollCall:"Nobody is separated: all flats are told, and their answers are awaited."},stages:{planned:"Planned",announced:"Announced",running:"Going on",ended:"Over"},first:n=>`No flat is called before ${n}`,counts:(n,e,t,r)=>`${n} done, ${e} under way, ${t} refused, ${r} waiting`,against:{event:"Nobody is called near a demand response event or the peak.",demand_unknown:"Nobody is called while the bulk meter cannot be read.",full:"As many flats are under way as may be.",contract:"The contract demand has no room for one more now.",line:"A line of the building has no room for one more now.",nobody:"No flat can be called now."},stop:"Stop the drill",stopSure:"Really stop?",ended:{done:"Every flat had its turn.",stopped:"The manager has stopped it.",time:"It ran out of time.",warning:"It ended because a warning is in force.",outage:"It ended because the grid really went away.",restarted:"It ended because the coordinator stopped. Flats return to the grid by themselves."},measured:(n,e,t,r)=>`${n} at once at most (limit ${e}), ${t} drawn at most (contract ${r})`,report:"Report (JSON)",sheet:n=>`Report (PDF, ${n})`,languages:{ja:"Japanese",en:"English"},logged:"A record in the log names the report.",rollCall:{heading:"Roll-call",inTime:(n,e)=>`${n} of ${e} flats within 10 minutes`,flat:"Flat",notified:"Told",acknowledged:"Acknowledged",turn:"Drill",after:(n,e)=>`${n} (${e})`,tick:"Tick off",manager:"manager",stages:{waiting:"waiting",called:"called",out:"under way",home:"home",refused:"refused"},passed:"passed",failed:"not passed",report:"report",gap:(n,e)=>`dark for ≤ ${n} s, sampled each ${e} s`},reasons:{not_connected:"not on the grid",not_possible:"its devices cannot be asked",grid_not_steady:"the grid is not steady",battery_low:"too little charge",battery_unknown:"charge unknown",endurance:"the battery would not last",warning:"a warning is in force",too_soon:"too soon after the last drill",too_long:"too long",not_attended:"nobody has acknowledged it",medical:"a medical device",overloaded:"overloaded",too_many:"separated too often",stale:"old readings",busy:"in another drill",failed_before:"the last one failed, unseen",seen:"the same call again",expired:"the call came too late",early:"a clock is wrong",too_lasting:"the call holds too long",declined:"a resident refuses",not_set_up:"not set up for blackouts"},refused:n=>`That was refused: ${n}`},lasting:{minutes:n=>`${n} min`,hours:n=>`${n} h`,days:n=>`${n} days`},age:{seconds:n=>`${n} s ago`,minutes:n=>`${n} min ago`,hours:n=>`${n} h ago`,days:n=>`${n} days ago`},duration:(n,e)=>`${n} min ${e} s`,yen:"yen"};var Gt=class{constructor(e,t){this.language=e;this.messages=t;this.clock=new Intl.DateTimeFormat(e,{hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),this.day=new Intl.DateTimeFormat(e,{month:"numeric",day:"numeric"})}number(e,t=0){return e===null?this.messages.unknown:(Number(e.toFixed(t))+0).toLocaleString(this.language,{minimumFractionDigits:t,maximumFractionDigits:t})}power(e){return this.scaled(e,"W")}shortPower(e){return e===null||Math.abs(e)<999.5?this.power(e):`${this.number(Math.abs(e)/1e3,1)} kW`}energy(e){return this.scaled(e,"Wh")}litres(e){return`${this.number(e)} L`}wattHours(e){return`${this.number(e)} Wh`}scaled(e,t){if(e===null)return this.messages.unknown;let r=Math.abs(e);return r<999.5?`${this.number(r)} ${t}`:`${this.number(r/1e3,r<9995?2:1)} k${t}`}frequency(e){return e===null?this.messages.unknown:`${this.number(e,2)} Hz`}percent(e){return e===null?this.messages.unknown:`${this.number(e)} %`}milliseconds(e){return e===null?this.messages.unknown:`${this.number(e)} ms`}money(e){if(e===null)return this.messages.unknown;let t=this.number(Math.abs(e)/1e5,2);return`${Number((e/1e5).toFixed(2))===0?"":e<0?"−":"+"}${t} ${this.messages.yen}`}price(e){return e===null?this.messages.unknown:`${this.number(e/100,2)} ${this.messages.slots.yenPerKwh}`}time(e){return this.clock.format(e)}moment(e,t){let r=this.day.format(e);return r===this.day.format(t)?this.time(e):`${r} ${this.time(e)}`}slot(e,t,r){return`${this.moment(e*1e3,r)}–${this.time((e+t)*1e3)}`}period(e,t){let r=new Intl.DateTimeFormat(this.language,{dateStyle:"medium"}),o=new Intl.DateTimeFormat(this.language,{timeStyle:"medium",hourCycle:"h23"}),[s,i]=[r.format(e),r.format(t)];return`${s} ${o.format(e)}–${s===i?"":`${i} `}${o.format(t)}`}lasting(e){let{lasting:t}=this.messages,r=Math.max(1,Math.floor(e/6e4));return r<120?t.minutes(this.number(r)):r<2880?t.hours(this.number(r/60)):t.days(this.number(r/1440))}age(e){if(e===null)return this.messages.unknown;let{age:t}=this.messages,r=Math.max(0,e/1e3);return r<9.95?t.seconds(this.number(r,1)):r<99.5?t.seconds(this.number(r)):r<99.5*60?t.minutes(this.number(r/60)):r<48*3600?t.hours(this.number(r/3600)):t.days(this.number(r/86400))}};var $s={title:n=>`${n}の電力`,product:"Local VPP",language:"English",languageLabel:"Switch to English",unknown:"–",loading:"読み込み中…",connection:{connecting:"接続中",live:"ライブ",lost:n=>`接続が切れました。${n} 秒後に再接続します`,retrying:"接続が切れました。再接続しています…",stale:"表示は切断前の値です",restricted:"管理者として開いていません",restrictedHelp:"電力の状態と記録は、管理者用のアドレスから開くと表示されます。ログの検証はどなたでもこの画面でできます。",held:"起動後は毎回、必要な数の証人がログの先頭に署名するまで、記録を受け付けません。記録は待機しており、失われません。",setBack:"証人が、いまのログより多い件数に署名済みのため、記録を受け付けていません。コーディネーターを止め、より新しいバックアップに戻すか、その件数を持つ住戸の写し(ミラー)からログを再建してください:",unreadable:(n,e)=>`サーバーからの ${n} を読み取れません: ${e}`},alarms:{heading:"確認が必要です",conflict:(n,e,t)=>`${n}の鍵で、番号 ${e} の記録が 2 通り署名されました(${t} に検出)。1 つの鍵を 2 台の機器が使っています。`,conflictHelp:"複製された側を止め、管理者が再開するまで、この住戸の記録は受け付けません。両方の記録を証拠として保管しています:",ahead:(n,e)=>`${n}は、いまのログより長い ${e} 件のログに署名済みです。記録が消されたか、古い状態に戻されています。`,fork:n=>`${n}は、最新の状態が署名済みの状態の続きではないとして、署名を拒んでいます。ログの履歴が 2 通りあるおそれがあります。`,objectionHelp:"両方の状態は、この住戸が証拠として保管しています。管理者に連絡し、ほかの住戸の記録(ミラー)と照合してください。",nextKey:"建物の次の鍵が、まだサーバーに置かれています。",nextKeyHelp:"置かれている間は、侵入者が建物の鍵を更新できてしまいます。印刷するか、復旧鍵の控えとは別の場所に写し、データフォルダーから削除してください:"},now:{heading:"現在",importing:"系統から受電",exporting:"系統へ逆潮流",bulk:"受電点",balanced:"系統との授受なし",shared:"住戸間の融通",sharedHelp:"いま住戸が出している電力と使っている電力のうち、建物の中で釣り合っている分",pv:"太陽光",battery:"蓄電池",charging:"充電",discharging:"放電",common:"共用部",frequency:"周波数",flats:"住戸",online:(n,e)=>`${n} / ${e} 戸 受信中`,islanded:n=>`${n} 戸が自立運転`,partial:"届いた値の合計",atLeast:n=>`${n} 以上`,latency:"計測遅延(中央/99%)",latencyValues:(n,e)=>`${n} / ${e}`,slot:"このコマ",slotEnds:n=>`残り ${n}`},picture:{heading:"電力の流れ",label:n=>`建物の電力の流れ。住戸 ${n} 戸、共用部、受電点、系統`,grid:"系統",meter:"受電点",meterSub:"一括受電計量",common:"共用部",floor:n=>`${n}F`,flat:n=>`${n} 号室`,buying:"受電",selling:"送り出し",idle:"授受なし",offline:"通信なし",islanded:"自立",legendIn:"使う向き",legendOut:"送り出す向き",legendWidth:"線の太さは電力の大きさ",legendUnknown:"不明",choose:"住戸を選ぶと詳細を表示します"},flat:{close:"閉じる",grid:"受電点の電力",load:"使用電力",pv:"太陽光",battery:"蓄電池",soc:"充電率",frequency:"周波数",registers:"計量値(受電 / 送り出し)",age:"最終受信",state:"状態",online:"受信中",offline:"通信なし",islanded:"自立運転中",device:"機器 ID",fingerprint:"鍵の照合番号",notEnrolled:"未登録",lastSlot:n=>`前回精算したコマ ${n}`,imported:"受電",exported:"送り出し",sharedIn:"融通で受けた",sharedOut:"融通で渡した",insideMoney:"融通の収支",gridMoney:"系統分の収支",notInSlot:"この住戸の計量値は届いていません"},slots:{heading:"精算済みのコマ",label:n=>`精算済みの直近 ${n} コマの電力量`,none:"精算済みのコマはまだありません",shared:"融通",fromGrid:"系統から",surplus:"余剰",price:"融通単価",yenPerKwh:"円/kWh",missing:n=>`未着: ${n}`,loss:"損失",common:"共用部",ratio:"建物内でまかなった割合",time:"コマ"},records:{heading:"電力移動証明(ETP)",none:"記録はまだありません",index:"番号",kind:"種別",slot:"コマ",route:"送り手 → 受け手",to:"から",energy:"電力量",volume:"体積",sources:"由来",frequency:"周波数",inLog:"ログ",held:"この記録は、検証したログに載っています",notHeld:"この番号のログには別の記録が載っています",notChecked:"まだ照合していません",showAll:"すべて表示",showAllHelp:"電力の動きがなかった向きの計量記録(0 Wh)も表示します",onlyEmpty:"直近の記録はすべて 0 Wh です",verify:"検証",verifyHelp:n=>`番号 ${n} の記録を、証明を使ってこのブラウザーで検証します`,kinds:{begin:"開始",interval:"計量",end:"終了",tariff_change:"単価変更",exception:"メーター交換",gap:"欠測",enrol:"登録",rotate:"鍵更新",revoke:"失効",raw:"生データ",transfer:"融通",witness:"連署鍵",mirror:"ミラー鍵",settled:"精算",suspend:"停止",reinstate:"再開",erased:"消去",supply:"ガス",drill:"停電訓練"},parties:{building:"建物",bulk:"受電点",common:"共用部"},sourceNames:{unknown:"不明",grid:"系統",solar:"太陽光",battery:"蓄電池",vehicle:"EV",wind:"風力",fuel_cell:"燃料電池"}},log:{heading:"記録の検証",explanation:"記録が後から書き換えられていないことを、サーバーの言い分によらず、このブラウザーが全件から計算し直して確かめます。",verified:"検証済み",verifiedAll:(n,e)=>`${n} 件を ${e} ms で検証`,verifiedRest:(n,e,t)=>`${n} 件(今回は末尾の ${e} 件を ${t} ms で検証)`,verifiedSame:n=>`${n} 件。前回の検証から変わりありません`,continues:n=>`前に確かめた ${n} 件の続きであることも確認`,waiting:"検証前",checking:(n,e)=>`検証中 ${n} / ${e} 件`,unreachable:"ログを取得できないため、検証できていません",failed:"検証に失敗しました",failedBefore:(n,e)=>`この画面を開いてから ${n} 回、検証に失敗しています(最後 ${e})`,reasons:{format:"ログのファイルが決められた形式になっていません。",signature:"署名が建物のログの鍵によるものではありません。サーバーになりすました者がいるか、鍵が入れ替わっています。",key:"建物のログの鍵が、このブラウザーが前に見た鍵と違います。別のサーバーにつながっているか、鍵が入れ替わっています。",origin:"別の建物のログが送られてきました。",shrunk:"記録の件数が、前に確かめたときより減っています。記録が消されたか、古い状態に戻されています。",fork:"前に確かめた記録と食い違う履歴に署名されています。過去の記録が差し替えられています。",entry:"記録の中身が、ログの木に残されたハッシュと一致しません。記録が書き換えられています。",root:"全件から計算した値が、署名された値と一致しません。記録が書き換えられています。",missing:"署名されているはずの記録がサーバーにありません。"},entry:n=>`該当する記録: 番号 ${n}`,detail:"詳しい内容",advice:"この画面を保存し、建物の管理者とほかの住戸の記録(ミラー)で照合してください。",origin:"ログの名前",size:"件数",root:"ルート",age:"最新の署名",fingerprint:"建物の鍵",fingerprintHelp:"登録時に各戸で控えた番号と同じかを見比べてください",again:"全件を検証し直す",forget:"前に確かめた履歴を破棄し、いまのログを基準にする",forgetHelp:"バックアップからの復元など、履歴が変わった理由が分かっている場合だけ使ってください。破棄すると、食い違いの証拠もこのブラウザーから消えます。"},witnesses:{heading:"ほかの住戸の連署",none:"この建物には連署する住戸がまだありません。署名はログ自身のものだけです",flats:(n,e,t)=>`最新の状態に ${e} 戸中 ${n} 戸が連署(必要数 ${t} 戸)`,outside:(n,e,t)=>`外部の連署者 ${e} 者中 ${n} 者が連署(必要数 ${t} 者)`,quorum:(n,e)=>`${n} に ${e} 件までの連署が定足数に到達`,noQuorum:"連署が定足数に達した状態はまだありません",here:"この画面で検証済み",waits:n=>`最新の状態への連署が、${n}にわたって定足数に達していません。記録は保存されていますが、ほかの住戸による確認はまだです。`,old:(n,e)=>`${n} を最後に、連署が定足数に達していません(最新の状態は ${e}待ち)。つながっている住戸が足りません。記録は保存されています。続くようなら管理者に連絡してください。`,wrong:n=>`${n}の名で示された連署が、本人の署名ではありません。この画面を残したまま、管理者に連絡してください。`,unread:n=>`この画面では計算できない方式の署名のため、未検証: ${n}`,changed:"連署者の一覧が変わりました",changedHelp:"新しい一覧に切り替えるまで、このブラウザーが最初に受け取った一覧を基準に、連署を数えます。",pinned:"これまでの一覧",served:"いま届いている一覧",added:"追加",removed:"削除",rekeyed:"鍵の変更",dropped:"新しい一覧では、誰の連署も必要とされません。",allNamed:"これらの住戸と鍵は、検証済みのログにも登録されています(住戸の追加や鍵の更新のときの変化です)。",unnamed:n=>`検証済みのログに登録されていない鍵があります: ${n}。管理者から理由を聞いていない限り、切り替えないでください。`,accept:"新しい一覧に切り替える",unreachable:"連署を取得できないため、この画面では検証できていません",failed:"連署者の一覧または連署を読み取れないため、この画面では検証できていません",copies:"ほかの住戸にあるミラー(複製)",noCopies:"ミラーを持つ住戸はまだありません",copiesHeld:(n,e,t)=>`ミラー ${n} か所、うち ${e} か所が全 ${t} 件を保持`,behind:n=>`: ${n} 件遅れ`,unmirrored:n=>`${n}前から、連署済みなのにどの住戸にもミラーがない記録があります。いまサーバーが失われると台帳は復旧できません。ミラーを持つ住戸が接続していること、ディスクに空きがあることを確認してください。`,comma:"、"},proof:{heading:"自分の証明を検証する",explanation:"電力移動証明(ETP)1 件を、2 つのファイルから検証します。ファイルはどこにも送信されません。読み取りも検証もこのブラウザーの中だけで行います。",choose:"2 つのファイルを選ぶか、ここにドロップ",chooseWhich:"記録(.etp)とその証明(.tlog-proof)",missingRecord:"記録(.etp)も選んでください",missingProof:"証明(.tlog-proof)も選んでください",proven:"この記録は証明されています",refused:"この記録は証明されていません",outcomes:{passed:"合格",failed:"不合格",open:"未確認"},steps:{record:"記録が欠けておらず、決められた形式である",body:"内容が、署名済みのコミットメント(ハッシュ値)と一致する",building:"この建物あての記録である",proof:"証明が決められた形式である",head:"証明にあるログの状態に、建物のログの署名がある",place:"記録がそのログに載っている",device:"ログに登録されたこの機器の鍵で、記録に署名されている",witnesses:"必要な数の住戸が連署している",here:"このブラウザーで検証したログの同じ番号に、同じ記録がある",browser:"ブラウザー内蔵の暗号機能(WebCrypto)で再計算しても、結果が一致する"},reasons:{encoding:"記録のファイルではないか、途中で切れているか、書き換えられています。",field:"記録にあるはずのない値があるか、必要な項目がありません。",commitment:"内容が署名されたものと異なります。後から書き換えられています。",otherBuilding:"別の建物の記録です。",format:"証明のファイルではないか、途中で切れているか、書き換えられています。",signature:"署名が、この建物のログの鍵によるものではありません。",origin:"別の建物のログの証明です。",beyond:"証明の番号が、署名された件数を超えています。",pathLength:"証明の段数が、ログの件数と合いません。",path:"記録から計算した値が、署名された値と一致しません。記録か証明が書き換えられているか、組み合わせが違います。",noKey:"この位置より前のログに、この機器の鍵が登録されていません。",otherKey:"ログのこの位置で機器が使っていた鍵とは、別の鍵で署名されています。",notSigned:"署名が機器の鍵によるものではありません。記録が書き換えられているか、別の者が作成しています。",keysUnread:"このブラウザーでの検証がログのこの位置まで進んでいないため、確認していません。",wrongWitness:"次の名の連署が正しくありません:",tooFew:"証明を作った時点で連署が足りなかったか、その後に住戸が増えています。証明をダウンロードし直してください。",policyChanged:"このブラウザーが知っている連署者の一覧では、連署が足りません。建物からは別の一覧が届いています。「ほかの住戸の連署」で変更点を確認してください。",noWitnesses:"この建物には連署する住戸がまだありません。",noPolicy:"連署者の一覧を読み取れないため、連署は検証していません。",otherRecord:"ログのこの番号には別の記録が載っています。",notRemembered:"照合していません(このブラウザーが覚えているのは直近 1,024 件です)。",notSecure:"WebCrypto は https で開いたときにしか使えないため、再計算していません。上の各段階はページ自身が計算しており、WebCrypto を必要としません。",noEd25519:"このブラウザーの WebCrypto が Ed25519 に対応していないため、再計算していません。上の各段階はページ自身が計算しており、WebCrypto を必要としません。",before:"前の段階が不合格のため、確認していません。"},place:(n,e)=>`番号 ${n}(0 から数えて)/ 全 ${e} 件`,flats:(n,e,t)=>`${e} 戸中 ${n} 戸(必要数 ${t} 戸)`,stop:"。",troubles:{notKnown:"サーバーから応答がなく、建物の鍵がまだ分かりません。接続されてからもう一度お試しください。",tooLarge:"記録や証明としては大きすぎるファイルです。",unreadable:"ファイルを読み取れません。移動されたか、フォルダーではありませんか。",erased:"この記録の内容は、請求により消去されています。ログ上の位置は残っています。",unreachable:"記録または証明を取得できません。接続されてからもう一度お試しください。"},says:"記録の内容",saysUnproven:"ファイルに書かれているままの値で、証明されたものではありません。",time:"時間",from:"送り手",to:"受け手",imported:"受電の計量値",exported:"送り出しの計量値",meter:"メーター",drillLevel:"訓練の区分",drillReport:"報告書（SHA-256）",remarks:"備考",meterStatus:["","メーター応答なし","メーター交換","メーター読み取り異常"],errorFlags:["電力量は精算対象外","時刻は精算対象外","自立運転を含む"],signedBy:"作成した機器"},blackout:{heading:"停電への備え",grid:"受電点の系統",grids:{good:"正常",doubtful:"不安定",gone:"停電",unknown:"不明"},islanded:"自立運転",connected:"系統に接続",unknownFlats:"不明",safe:(n,e)=>`安否確認 ${n} / ${e} 戸`,flatStates:{islanded:"自立運転",connected:"系統に接続",unknown:"不明"},isSafe:"確認済み",none:"訓練はまだ行われていません。",plan:{heading:"訓練の計画",level:"区分",levels:{l1:"L1 安否確認のみ(切り離しなし)",l2:"L2 短時間の自立運転",l3:"L3 負荷をかけた自立運転",l4:"L4 蓄電池を深く使う自立運転"},length:"各戸の自立運転(分)",notice:"予告(分)",submit:"計画する",start:"全戸に予告して始める",sure:"本当に始めますか",again:"計画し直す",planned:(n,e)=>`同時に動くのは最大 ${n} 戸、契約電力 ${e}。順番は抽選で決まり、各戸は理由を添えて断れます。`,plannedRollCall:"どの住戸も切り離しません。全戸に知らせ、確認を待ちます。"},stages:{planned:"計画済み",announced:"予告中",running:"実施中",ended:"終了"},first:n=>`最初の呼び出しは ${n} 以降`,counts:(n,e,t,r)=>`完了 ${n}・実施中 ${e}・辞退 ${t}・待機 ${r}`,against:{event:"デマンドレスポンスまたはピークの前後のため、呼び出しを待っています。",demand_unknown:"受電点のメーターが読めないため、呼び出しを待っています。",full:"同時に動ける戸数に達しているため、待っています。",contract:"契約電力に余裕がないため、呼び出しを待っています。",line:"幹線の容量に余裕がないため、呼び出しを待っています。",nobody:"いま呼び出せる住戸がないため、待っています。"},stop:"訓練を中止する",stopSure:"本当に中止しますか",ended:{done:"全戸の番が終わりました。",stopped:"管理者が中止しました。",time:"時間切れで終わりました。",warning:"気象警報などのため終わりました。",outage:"実際の停電に切り替わったため終わりました。",restarted:"コーディネーターが止まったため終わりました。住戸は自分で系統に戻ります。"},measured:(n,e,t,r)=>`同時に動いた最大 ${n} 戸(上限 ${e})、最大受電 ${t}(契約 ${r})`,report:"報告書(JSON)",sheet:n=>`報告書(PDF・${n})`,languages:{ja:"日本語",en:"英語"},logged:"報告書の記録がログにあります。",rollCall:{heading:"点呼",inTime:(n,e)=>`10 分以内に ${n} / ${e} 戸`,flat:"住戸",notified:"通知",acknowledged:"確認",turn:"訓練",after:(n,e)=>`${n}(${e})`,tick:"確認済みにする",manager:"管理者",stages:{waiting:"待機",called:"呼び出し中",out:"実施中",home:"復帰",refused:"辞退"},passed:"合格",failed:"不合格",report:"報告",gap:(n,e)=>`停電 ${n} 秒以下(${e} 秒ごとに計測)`},reasons:{not_connected:"系統に接続していない",not_possible:"機器を切り離せない",grid_not_steady:"系統が安定していない",battery_low:"蓄電池の残量不足",battery_unknown:"蓄電池の残量不明",endurance:"持続時間の不足",warning:"警報が発令中",too_soon:"前回の訓練から間がない",too_long:"長すぎる",not_attended:"立会いの確認がない",medical:"医療機器がある",overloaded:"過負荷",too_many:"切り離しの回数が多い",stale:"計測値が古い",busy:"別の訓練中",failed_before:"前回の不合格が未確認",seen:"同じ呼び出しの繰り返し",expired:"呼び出しの期限切れ",early:"時計のずれ",too_lasting:"期限が長すぎる",declined:"居住者の都合",not_set_up:"停電対応の設定がない"},refused:n=>`できませんでした: ${n}`},lasting:{minutes:n=>`${n} 分`,hours:n=>`${n} 時間`,days:n=>`${n} 日`},age:{seconds:n=>`${n} 秒前`,minutes:n=>`${n} 分前`,hours:n=>`${n} 時間前`,days:n=>`${n} 日前`},duration:(n,e)=>`${n} 分 ${e} 秒`,yen:"円"};var ks="local-vpp.language",pl={ja:$s,en:vs};function ml(n,e){return n==="ja"||n==="en"?n:e.map(r=>r.slice(0,2)).find(r=>r==="ja"||r==="en")==="en"?"en":"ja"}var Gr=class extends EventTarget{constructor(){super(...arguments);this.language=ml(gl(),navigator.languages)}get messages(){return pl[this.language]}change(t){this.language=t,document.documentElement.lang=t;try{localStorage.setItem(ks,t)}catch{}this.dispatchEvent(new Event("change"))}};function gl(){try{return localStorage.getItem(ks)}catch{return null}}var _e=new Gr,re=class{constructor(e){this.host=e;this.format=new Gt(_e.language,_e.messages);this.changed=()=>this.host.requestUpdate();e.addController(this)}get t(){return _e.messages}get f(){return this.format.language!==_e.language&&(this.format=new Gt(_e.language,_e.messages)),this.format}hostConnected(){_e.addEventListener("change",this.changed)}hostDisconnected(){_e.removeEventListener("change",this.changed)}};var v=class extends Error{constructor(t,r,o=null){super(r);this.code=t;this.index=o;this.name="LogError"}},ke=class extends Error{constructor(){super(...arguments);this.name="UnreachableError"}},Ae=class extends Error{constructor(){super(...arguments);this.name="NoSuchFileError"}};var Ne=class extends Error{constructor(){super(...arguments);this.name="DecodeError"}},I=(n,e)=>{if(typeof n!="string")throw pt(n,e,"a text");return n},Tt=(n,e)=>{if(typeof n!="boolean")throw pt(n,e,"true or false");return n},G=(n,e)=>{if(typeof n!="number"||!Number.isFinite(n))throw pt(n,e,"a number");return n},de=(n,e)=>{if(!Number.isSafeInteger(n))throw pt(n,e,"an integer");return n},ce=(n,e)=>{if(de(n,e)<0)throw pt(n,e,"an integer from 0");return n};function A(n){return(e,t)=>e===null?null:n(e,t)}var Es=new WeakSet;function ve(n){let e=(t,r)=>t==null?null:n(t,r);return Es.add(e),e}function Re(n){return(e,t)=>{if(!Array.isArray(e))throw pt(e,t,"a list");return e.map((r,o)=>n(r,`${t}[${o}]`))}}function Ss(n){return(e,t)=>{let r=Object.entries(_s(e,t));return Object.fromEntries(r.map(([o,s])=>[o,n(s,`${t}.${o}`)]))}}function ge(n){let e=Object.keys(n);return(t,r)=>{let o=_s(t,r),s={};for(let i of e){if(!(i in o)&&!Es.has(n[i]))throw new Ne(`${r}.${i} is missing`);s[i]=n[i](o[i],`${r}.${i}`)}return s}}function ht(n,e,t){let r;try{r=JSON.parse(e)}catch{throw new Ne(`${t} is not JSON`)}return n(r,t)}function _s(n,e){if(typeof n!="object"||n===null||Array.isArray(n))throw pt(n,e,"an object");return n}function pt(n,e,t){let r=n===void 0?"nothing":JSON.stringify(n).slice(0,60);return new Ne(`${e} is ${r}, expected ${t}`)}var je=class extends Error{constructor(){super(...arguments);this.name="ForbiddenError"}};async function Fn(n,e){let t=await zn(n,"default");if(t.status===401||t.status===403)throw new je(`${n}: ${t.status}`);if(!t.ok)throw new ke(`${n}: HTTP ${t.status}`);return ht(e,await t.text(),n)}var Zt=class extends Error{constructor(){super(...arguments);this.name="RefusedError"}};async function Ts(n,e){let t=await zn(n,"no-store",{method:"POST",body:JSON.stringify(e),headers:{Accept:"*/*","Content-Type":"application/json"}});if(t.ok)return;let r=await t.json().catch(()=>null),o=ge({error:ge({message:I})}),s=`HTTP ${t.status}`;try{({message:s}=o(r,n).error)}catch(i){if(!(i instanceof Ne))throw i}throw new Zt(s)}async function Zr(n){let e=await zn(n,"no-store");if(e.status===401||e.status===403)throw new je(`${n}: ${e.status}`);return As(e,n)}var Dn=class{async read(e){let t=await zn(`log/${e}`,"no-store");return As(t,`log/${e}`)}};async function As(n,e){if(n.status===404||n.status===410)throw new Ae(e);if(!n.ok)throw new ke(`${e}: HTTP ${n.status}`);return new Uint8Array(await n.arrayBuffer())}async function zn(n,e,t={}){try{return await fetch(n,{cache:e,headers:{Accept:"*/*"},signal:AbortSignal.timeout(2e4),...t})}catch(r){throw new ke(`${n}: ${r instanceof Error?r.message:String(r)}`)}}var Rs=ge({name:I,origin:I,version:I,fingerprint:I,log_key:I,slot_seconds:ce}),yl=ge({flat:I,device:A(I),online:Tt,age_ms:A(G),grid_w:A(G),pv_w:A(G),battery_w:A(G),soc:A(G),frequency_hz:A(G),import_wh:A(de),export_wh:A(de),islanded:A(Tt),fingerprint:A(I)}),Bs=ge({flat:A(I),size:ce,signed_ms:G}),wl=ge({witness:I,kind:I,size:A(ce)}),Os={cosigners:ve(ce),witnesses:ve(ce),needed:ve(ce),quorum_size:ve(ce),quorum_ms:ve(G),objections:ve(Re(wl)),unmirrored_ms:ve(G)},bl=ge({flat:A(I),seq:ce,seen_ms:G,hash:I,suspended:Tt}),xl=ge({flat:I,stage:I,notified_ms:A(G),acknowledged_ms:A(G),acknowledged_after_s:A(ce),acknowledged_by:A(I),called_ms:A(G),reasons:Re(I),words:A(I),phase:A(I),ended_ms:A(G),passed:A(Tt),aborted:A(I),transfer:A(I),report:A(I)}),vl=ge({drill:I,level:I,length_s:ce,stage:I,announced_ms:A(G),first_ms:A(G),until_ms:A(G),ended_ms:A(G),ended:A(I),most:ce,limit_w:A(G),most_seen:ce,demand_seen_w:A(G),record:A(I),against:A(I),notified:ce,acknowledged:ce,acknowledged_in_time:ce,flats:Re(xl)}),$l=ge({grid:I,islanded:ce,connected:ce,unknown:ce,drill:A(vl)}),Cs=ge({time_ms:G,building:ge({bulk_w:A(G),common_w:A(G),frequency_hz:A(G),import_wh:A(de),export_wh:A(de)}),flats:Re(yl),latency_ms:A(ge({p50:A(G),p99:A(G),frames:ce})),log:ve(ge({...Os,held:ve(I)})),conflicts:ve(Re(bl)),mirrors:ve(Re(Bs)),next_key_here:ve(Tt),blackout:ve($l)}),kl=ge({index:ce,hash:I,time_ms:G,device:I,flat:A(I),kind:I,slot:de,seq:ce,sender:A(I),receiver:A(I),energy_wh:A(de),sources:A(Ss(de)),frequency_hz:A(G),start_ms:A(G),end_ms:A(G)}),qn=Re(kl),Ms=ge({size:ce,root:I,origin:I,checkpoint:I,time_ms:A(G),mirrors:ve(Re(Bs)),...Os}),El=ge({flat:A(I),import_wh:de,export_wh:de,shared_in_wh:de,shared_out_wh:de,inside_money:de,grid_money:de}),Xr=ge({slot:de,seconds:ce,settled_ms:G,shared_wh:de,import_wh:de,export_wh:de,bulk_import_wh:A(de),bulk_export_wh:A(de),common_wh:A(de),loss_wh:A(de),building_money:A(de),missing:Re(I),flats:Re(El)}),Ns=Re(Xr);var Sl=1e4,_l=1e3,Tl=3e4;function Al(n,e){return Math.min(Tl,_l*2**(n-1))*(.75+.25*e)}var Kn=class{constructor(e,t){this.url=e;this.handlers=t;this.source=null;this.failures=0;this.closed=!1}open(){this.closed=!1,this.attempt()}close(){this.closed=!0,this.disconnect()}async attempt(){this.failures===0&&this.handlers.connection({kind:"connecting"});try{await this.handlers.prepare()}catch(r){this.handlers.isFinal(r)&&this.close(),this.retry();return}if(this.closed)return;let e=new EventSource(this.url);this.source=e,this.watch(),e.addEventListener("error",()=>this.retry());let t=!1;this.listen(e,"state",r=>{t||(t=!0,this.opened(e)),this.failures=0,this.watch(),this.handlers.connection({kind:"live"}),this.handlers.state(ht(Cs,r,"state"))}),this.listen(e,"records",r=>this.handlers.records(ht(qn,r,"records"))),this.listen(e,"head",r=>this.handlers.head(ht(Ms,r,"head"))),this.listen(e,"slot",r=>this.handlers.slot(ht(Xr,r,"slot")))}async opened(e){try{await this.handlers.opened()}catch{this.source===e&&this.retry()}}listen(e,t,r){e.addEventListener(t,o=>{try{r(o.data)}catch(s){if(!(s instanceof Ne))throw s;this.handlers.unreadable(t,s.message);return}this.handlers.unreadable(t,null)})}watch(){clearTimeout(this.timer),this.timer=setTimeout(()=>this.retry(),Sl)}retry(){if(this.disconnect(),this.closed)return;this.failures+=1;let e=Al(this.failures,Math.random());this.handlers.connection({kind:"lost",retryAt:performance.now()+e}),this.timer=setTimeout(()=>{this.attempt()},e)}disconnect(){clearTimeout(this.timer),this.source?.close(),this.source=null}};function Pe(n){return btoa(String.fromCharCode(...n))}function Le(n,e){let t;try{t=Uint8Array.from(atob(n),r=>r.charCodeAt(0))}catch{throw new v("format",`${e} is not base64`)}if(Pe(t)!==n)throw new v("format",`${e} is not in the one spelling of base64`);return t}function Vn(n,e){let t=Number(n);if(!/^(0|[1-9][0-9]*)$/.test(n)||!Number.isSafeInteger(t))throw new v("format",`${e} is ${JSON.stringify(n.slice(0,40))}, not a decimal number below 2^53`);return t}function ue(n){return Array.from(n,e=>e.toString(16).padStart(2,"0")).join("")}function xe(n,e){return n.length===e.length&&n.every((t,r)=>t===e[r])}function be(...n){let e=new Uint8Array(n.reduce((r,o)=>r+o.length,0)),t=0;for(let r of n)e.set(r,t),t+=r.length;return e}var j=class extends Error{constructor(t,r){super(r);this.code=t;this.name="RecordError"}};var Rl=23,Ls=8,[Bl,Ol,Hs,Ps,Is,Cl,Ml,Nl]=[0,1,2,3,4,5,6,7],[Ll,Us]=[20,21];function Xt(...n){return be(Jr(Is,n.length),...n)}function We(n){return be(Jr(Hs,n.length),n)}function mt(n){let e=new TextEncoder().encode(n);return be(Jr(Ps,e.length),e)}function Jr(n,e){let t=n<<5;if(e<24)return Uint8Array.of(t|e);if(e<256)return Uint8Array.of(t|24,e);if(e>=65536)throw new Error("bad math in head: nothing signed here is so long");return Uint8Array.of(t|25,e>>8,e&255)}function gt(n,e){let t=new Qr(n,e),r=t.value(0);return t.end(),r}var Qr=class{constructor(e,t){this.data=e;this.what=t;this.at=0;this.view=new DataView(e.buffer,e.byteOffset,e.byteLength)}value(e){let t=this.take(1),r=this.view.getUint8(t),[o,s]=[r>>5,r&31];if(o===Nl){if(s!==Ll&&s!==Us)throw this.refuse("holds a float, null or another value that no record has");return s===Us}if(o===Ml)throw this.refuse("holds a tag inside");let i=this.argument(s);switch(o){case Bl:return i;case Ol:return-1-i;case Hs:return this.bytes(i);case Ps:return this.text(i);case Is:return this.list(i,this.deeper(e));case Cl:return this.map(i,this.deeper(e));default:throw new Error("bad math in Reader.value")}}end(){if(this.at!==this.data.length)throw this.refuse(`has ${this.data.length-this.at} bytes after its end`)}argument(e){if(e<24)return e;if(e>27)throw this.refuse("holds a part of open length");let t=2**(e-24),r=this.take(t),o=this.bigEndian(r,t),s=e===24?24:2**(4*t);if(o<s)throw this.refuse(`spells ${o} in more bytes than it needs`);if(!Number.isSafeInteger(o+1))throw this.refuse("holds an integer beyond 2^53");return o}bigEndian(e,t){switch(t){case 1:return this.view.getUint8(e);case 2:return this.view.getUint16(e);case 4:return this.view.getUint32(e);default:return Number(this.view.getBigUint64(e))}}bytes(e){let t=this.take(e);return this.data.slice(t,t+e)}text(e){let t=this.bytes(e);try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{throw this.refuse("holds text that is no UTF-8")}}list(e,t){let r=[];for(let o=0;o<e;o+=1)r.push(this.value(t));return r}map(e,t){let r=new Map,o=-1;for(let s=0;s<e;s+=1){let i=this.value(t);if(typeof i!="number"||i<0||i>Rl)throw this.refuse("has a map key beyond 0 to 23");if(i<=o)throw this.refuse(`has the map key ${i} twice or out of order`);o=i,r.set(i,this.value(t))}return r}deeper(e){if(e>=Ls)throw this.refuse(`nests more than ${Ls} deep`);return e+1}take(e){let t=this.at;if(e>this.data.length-t)throw this.refuse("ends too early");return this.at+=e,t}refuse(e){return new j("encoding",`${this.what} ${e}`)}};var Qe=class{constructor(e,t){this.what=t;if(!(e instanceof Map))throw new j("field",`${t} is not a map`);this.left=new Map(e)}optional(e,t){return this.left.has(e)?t(e):null}unsigned(e,t,r=Number.MAX_SAFE_INTEGER){let o=this.take(e,t);if(typeof o!="number"||o<0||o>r)throw this.refuse(t,`an integer from 0 to ${r}`);return o}integer(e,t){let r=this.take(e,t);if(typeof r!="number")throw this.refuse(t,"an integer");return r}exactly(e,t,r){if(this.take(e,t)!==r)throw this.refuse(t,`${r}: a program of another version wrote it`)}bytes(e,t,r){let o=this.take(e,t);if(!(o instanceof Uint8Array)||o.length!==r)throw this.refuse(t,`${r} bytes`);return o}text(e,t,r=64){let o=this.take(e,t);if(typeof o!="string"||[...o].length>r)throw this.refuse(t,`text of at most ${r} letters`);return o}list(e,t){let r=this.take(e,t);if(!Array.isArray(r))throw this.refuse(t,"a list");return r}map(e,t){let r=this.take(e,t);if(!(r instanceof Map))throw this.refuse(t,"a map");return r}end(){for(let e of this.left.keys())throw new j("field",`${this.what} has the unknown key ${e}`)}take(e,t){let r=this.left.get(e);if(r===void 0)throw new j("field",`${this.what} lacks ${t} (key ${e})`);return this.left.delete(e),r}refuse(e,t){return new j("field",`${this.what}: ${e} is not ${t}`)}};var jn=BigInt(4294967295),Ds=BigInt(32);function Ul(n,e=!1){return e?{h:Number(n&jn),l:Number(n>>Ds&jn)}:{h:Number(n>>Ds&jn)|0,l:Number(n&jn)|0}}function Fs(n,e=!1){let t=n.length,r=new Uint32Array(t),o=new Uint32Array(t);for(let s=0;s<t;s++){let{h:i,l:a}=Ul(n[s],e);[r[s],o[s]]=[i,a]}return[r,o]}var Hl=n=>n/2**32|0,Pl=n=>n>>>0;function zs(n,e,t,r){let o=Hl(t),s=Pl(t);n.setUint32(e,r?s:o,r),n.setUint32(e+4,r?o:s,r)}var eo=(n,e,t)=>n>>>t,to=(n,e,t)=>n<<32-t|e>>>t,yt=(n,e,t)=>n>>>t|e<<32-t,wt=(n,e,t)=>n<<32-t|e>>>t,Qt=(n,e,t)=>n<<64-t|e>>>t-32,Jt=(n,e,t)=>n>>>t-32|e<<64-t;function Ie(n,e,t,r){let o=(e>>>0)+(r>>>0);return{h:n+t+(o/2**32|0)|0,l:o|0}}var qs=(n,e,t)=>(n>>>0)+(e>>>0)+(t>>>0),Ks=(n,e,t,r)=>e+t+r+(n/2**32|0)|0,Vs=(n,e,t,r)=>(n>>>0)+(e>>>0)+(t>>>0)+(r>>>0),js=(n,e,t,r,o)=>e+t+r+o+(n/2**32|0)|0,Ws=(n,e,t,r,o)=>(n>>>0)+(e>>>0)+(t>>>0)+(r>>>0)+(o>>>0),Ys=(n,e,t,r,o,s)=>e+t+r+o+s+(n/2**32|0)|0;function Wn(n){return n instanceof Uint8Array||ArrayBuffer.isView(n)&&n.constructor.name==="Uint8Array"&&"BYTES_PER_ELEMENT"in n&&n.BYTES_PER_ELEMENT===1}var no=n=>n?`"${n}" `:"";function Ye(n,e=""){if(typeof n!="number")throw new TypeError(no(e)+"expected number, got "+typeof n);if(!Number.isSafeInteger(n)||n<0)throw new RangeError(no(e)+"expected integer >= 0, got "+n);return n}function Be(n,e,t=""){if(Wn(n)&&(e===void 0||n.length===e))return n;e!==void 0&&Ye(e,"length");let r=Wn(n),o=e!==void 0?` of length ${e}`:"",s=r?`length=${n.length}`:`type=${typeof n}`,i=no(t)+"expected Uint8Array"+o+", got "+s;throw r?new RangeError(i):new TypeError(i)}function Yn(n){if(typeof n!="function"||typeof n.create!="function")throw new TypeError("expected hash wrapped by utils.createHasher");if(Ye(n.outputLen),Ye(n.blockLen),n.outputLen<1||n.blockLen<1)throw new Error("hash blockLen / outputLen must be >= 1")}var Dl=(n,e)=>{if(n===null||typeof n!="object"||Array.isArray(n))throw new TypeError((e==="object"?"":`"${e}" `)+"expected object, got type="+typeof n)},Gs=(n,e)=>{Dl(n,e);let t=Object.getPrototypeOf(n);if(t!==Object.prototype&&t!==null)throw new TypeError(`"${e}" expected plain object`);if(Object.hasOwn(n,"__proto__"))throw new TypeError(`"${e}.__proto__" is not allowed`)};function At(n,e=!0){if(n.destroyed)throw new Error("hash was destroyed");if(e&&n.finished)throw new Error("digest() was already called")}function Gn(n,e){Be(n,void 0,"output");let t=e.outputLen;if(!(n.length>=t))throw new RangeError('"output" expected length >= '+t)}function bt(...n){for(let e=0;e<n.length;e++)n[e].fill(0)}function Zn(n){return new DataView(n.buffer,n.byteOffset,n.byteLength)}function Ue(n,e){return n<<32-e|n>>>e}var Xs=typeof Uint8Array.from([]).toHex=="function"&&typeof Uint8Array.fromHex=="function",Fl=Array.from({length:256},(n,e)=>e.toString(16).padStart(2,"0"));function Xn(n){if(Be(n),Xs)return n.toHex();let e="";for(let t=0;t<n.length;t++)e+=Fl[n[t]];return e}function Zs(n){return n>=48&&n<=57?n-48:n>=65&&n<=70?n-55:n>=97&&n<=102?n-87:void 0}function Qn(n){if(typeof n!="string")throw new TypeError("hex string expected, got "+typeof n);if(Xs)try{return Uint8Array.fromHex(n)}catch(o){throw o instanceof SyntaxError?new RangeError(o.message):o}let e=n.length,t=e/2;if(e%2)throw new RangeError("hex string expected, got unpadded hex of length "+e);let r=new Uint8Array(t);for(let o=0,s=0;o<t;o++,s+=2){let i=Zs(n.charCodeAt(s)),a=Zs(n.charCodeAt(s+1));if(i===void 0||a===void 0){let l=n[s]+n[s+1];throw new RangeError('hex string expected, got non-hex character "'+l+'" at index '+s)}r[o]=i*16+a}return r}function ro(...n){let e=0;for(let r=0;r<n.length;r++){let o=n[r];Be(o),e+=o.length}let t=new Uint8Array(e);for(let r=0,o=0;r<n.length;r++){let s=n[r];t.set(s,o),o+=s.length}return t}function zl(n,e,t="opts"){return Gs(n,"defaults"),e!==void 0&&Gs(e,t),Object.assign(Object.create(null),n,e)}function oo(n,e={}){if(typeof n!="function")throw new TypeError('"hashCons" expected function, got type='+typeof n);e=zl({},e,"info");let t=(o,s)=>n(s).update(o).digest(),r=n(void 0);return t.outputLen=r.outputLen,t.blockLen=r.blockLen,t.canXOF=r.canXOF,t.create=o=>n(o),Object.assign(t,e),Object.freeze(t)}function Qs(n=32){Ye(n,"bytesLength");let e=typeof globalThis=="object"?globalThis.crypto:null;if(typeof e?.getRandomValues!="function")throw new Error("crypto.getRandomValues must be defined");if(n>65536)throw new RangeError(`"bytesLength" expected <= 65536, got ${n}`);return e.getRandomValues(new Uint8Array(n))}var so=n=>({oid:Uint8Array.from([6,9,96,134,72,1,101,3,4,2,n])});function Js(n,e,t){return n&e^~n&t}function ei(n,e,t){return n&e^n&t^e&t}var en=class{blockLen;outputLen;canXOF=!1;padOffset;isLE;buffer;view;finished=!1;length=0;pos=0;destroyed=!1;constructor(e,t,r,o){this.blockLen=e,this.outputLen=t,this.padOffset=r,this.isLE=o,this.buffer=new Uint8Array(e),this.view=Zn(this.buffer)}update(e){At(this),Be(e);let{view:t,buffer:r,blockLen:o}=this,s=e.length,i=!1;for(let a=0;a<s;){let l=Math.min(o-this.pos,s-a);if(l===o){let d=Zn(e);for(;o<=s-a;a+=o)this.process(d,a);i=!0;continue}r.set(a===0&&l===s?e:e.subarray(a,a+l),this.pos),this.pos+=l,a+=l,this.pos===o&&(this.process(t,0),this.pos=0,i=!0)}return this.length+=e.length,i&&this.roundClean(),this}digestInto(e){At(this),Gn(e,this),this.finished=!0;let{buffer:t,view:r,blockLen:o,isLE:s}=this,{pos:i}=this;t[i++]=128,t.fill(0,i),this.padOffset>o-i&&(this.process(r,0),t.fill(0)),zs(r,o-8,this.length*8,s),this.process(r,0),this.roundClean();let a=e===t?r:Zn(e),l=this.outputLen,d=l/4,c=this.get();if(l%4||d>c.length)throw new Error("invalid outputLen");for(let u=0;u<d;u++)a.setUint32(4*u,c[u],s)}digest(){let{buffer:e,outputLen:t}=this;this.digestInto(e);let r=e.slice(0,t);return this.destroy(),r}_cloneIntoMeta(e){let{buffer:t,length:r,finished:o,destroyed:s,pos:i}=this;return e.destroyed=s,e.finished=o,e.length=r,e.pos=i,i&&e.buffer.set(t),e}clone(){return this._cloneInto()}},ti=Uint32Array.from([1779033703,3144134277,1013904242,2773480762,1359893119,2600822924,528734635,1541459225]);var ni=Uint32Array.from([1779033703,4089235720,3144134277,2227873595,1013904242,4271175723,2773480762,1595750129,1359893119,2917565137,2600822924,725511199,528734635,4215389547,1541459225,327033209]);var ql=Uint32Array.from([1116352408,1899447441,3049323471,3921009573,961987163,1508970993,2453635748,2870763221,3624381080,310598401,607225278,1426881987,1925078388,2162078206,2614888103,3248222580,3835390401,4022224774,264347078,604807628,770255983,1249150122,1555081692,1996064986,2554220882,2821834349,2952996808,3210313671,3336571891,3584528711,113926993,338241895,666307205,773529912,1294757372,1396182291,1695183700,1986661051,2177026350,2456956037,2730485921,2820302411,3259730800,3345764771,3516065817,3600352804,4094571909,275423344,430227734,506948616,659060556,883997877,958139571,1322822218,1537002063,1747873779,1955562222,2024104815,2227730452,2361852424,2428436474,2756734187,3204031479,3329325298]),Je=new Uint32Array(64),io=class extends en{A=0;B=0;C=0;D=0;E=0;F=0;G=0;H=0;constructor(e,t){super(64,e,8,!1),this.A=t[0]|0,this.B=t[1]|0,this.C=t[2]|0,this.D=t[3]|0,this.E=t[4]|0,this.F=t[5]|0,this.G=t[6]|0,this.H=t[7]|0}get(){let{A:e,B:t,C:r,D:o,E:s,F:i,G:a,H:l}=this;return[e,t,r,o,s,i,a,l]}set(e,t,r,o,s,i,a,l){this.A=e|0,this.B=t|0,this.C=r|0,this.D=o|0,this.E=s|0,this.F=i|0,this.G=a|0,this.H=l|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let u=0;u<16;u++,t+=4)Je[u]=e.getUint32(t,!1);for(let u=16;u<64;u++){let m=Je[u-15],h=Je[u-2],x=Ue(m,7)^Ue(m,18)^m>>>3,w=Ue(h,17)^Ue(h,19)^h>>>10;Je[u]=w+Je[u-7]+x+Je[u-16]|0}let{A:r,B:o,C:s,D:i,E:a,F:l,G:d,H:c}=this;for(let u=0;u<64;u++){let m=Ue(a,6)^Ue(a,11)^Ue(a,25),h=c+m+Js(a,l,d)+ql[u]+Je[u]|0,w=(Ue(r,2)^Ue(r,13)^Ue(r,22))+ei(r,o,s)|0;c=d,d=l,l=a,a=i+h|0,i=s,s=o,o=r,r=h+w|0}r=r+this.A|0,o=o+this.B|0,s=s+this.C|0,i=i+this.D|0,a=a+this.E|0,l=l+this.F|0,d=d+this.G|0,c=c+this.H|0,this.set(r,o,s,i,a,l,d,c)}roundClean(){bt(Je)}destroy(){this.destroyed=!0,this.set(0,0,0,0,0,0,0,0),bt(this.buffer)}},ao=class extends io{constructor(){super(32,ti)}};var ri=Fs(["0x428a2f98d728ae22","0x7137449123ef65cd","0xb5c0fbcfec4d3b2f","0xe9b5dba58189dbbc","0x3956c25bf348b538","0x59f111f1b605d019","0x923f82a4af194f9b","0xab1c5ed5da6d8118","0xd807aa98a3030242","0x12835b0145706fbe","0x243185be4ee4b28c","0x550c7dc3d5ffb4e2","0x72be5d74f27b896f","0x80deb1fe3b1696b1","0x9bdc06a725c71235","0xc19bf174cf692694","0xe49b69c19ef14ad2","0xefbe4786384f25e3","0x0fc19dc68b8cd5b5","0x240ca1cc77ac9c65","0x2de92c6f592b0275","0x4a7484aa6ea6e483","0x5cb0a9dcbd41fbd4","0x76f988da831153b5","0x983e5152ee66dfab","0xa831c66d2db43210","0xb00327c898fb213f","0xbf597fc7beef0ee4","0xc6e00bf33da88fc2","0xd5a79147930aa725","0x06ca6351e003826f","0x142929670a0e6e70","0x27b70a8546d22ffc","0x2e1b21385c26c926","0x4d2c6dfc5ac42aed","0x53380d139d95b3df","0x650a73548baf63de","0x766a0abb3c77b2a8","0x81c2c92e47edaee6","0x92722c851482353b","0xa2bfe8a14cf10364","0xa81a664bbc423001","0xc24b8b70d0f89791","0xc76c51a30654be30","0xd192e819d6ef5218","0xd69906245565a910","0xf40e35855771202a","0x106aa07032bbd1b8","0x19a4c116b8d2d0c8","0x1e376c085141ab53","0x2748774cdf8eeb99","0x34b0bcb5e19b48a8","0x391c0cb3c5c95a63","0x4ed8aa4ae3418acb","0x5b9cca4f7763e373","0x682e6ff3d6b2b8a3","0x748f82ee5defb2fc","0x78a5636f43172f60","0x84c87814a1f0ab72","0x8cc702081a6439ec","0x90befffa23631e28","0xa4506cebde82bde9","0xbef9a3f7b2c67915","0xc67178f2e372532b","0xca273eceea26619c","0xd186b8c721c0c207","0xeada7dd6cde0eb1e","0xf57d4f7fee6ed178","0x06f067aa72176fba","0x0a637dc5a2c898a6","0x113f9804bef90dae","0x1b710b35131c471b","0x28db77f523047d84","0x32caab7b40c72493","0x3c9ebe0a15c9bebc","0x431d67c49c100d4c","0x4cc5d4becb3e42b6","0x597f299cfc657e2a","0x5fcb6fab3ad6faec","0x6c44198c4a475817"].map(n=>BigInt(n))),Kl=ri[0],Vl=ri[1],et=new Uint32Array(80),tt=new Uint32Array(80),lo=class extends en{Ah=0;Al=0;Bh=0;Bl=0;Ch=0;Cl=0;Dh=0;Dl=0;Eh=0;El=0;Fh=0;Fl=0;Gh=0;Gl=0;Hh=0;Hl=0;constructor(e,t){super(128,e,16,!1),this.Ah=t[0]|0,this.Al=t[1]|0,this.Bh=t[2]|0,this.Bl=t[3]|0,this.Ch=t[4]|0,this.Cl=t[5]|0,this.Dh=t[6]|0,this.Dl=t[7]|0,this.Eh=t[8]|0,this.El=t[9]|0,this.Fh=t[10]|0,this.Fl=t[11]|0,this.Gh=t[12]|0,this.Gl=t[13]|0,this.Hh=t[14]|0,this.Hl=t[15]|0}get(){let{Ah:e,Al:t,Bh:r,Bl:o,Ch:s,Cl:i,Dh:a,Dl:l,Eh:d,El:c,Fh:u,Fl:m,Gh:h,Gl:x,Hh:w,Hl:k}=this;return[e,t,r,o,s,i,a,l,d,c,u,m,h,x,w,k]}set(e,t,r,o,s,i,a,l,d,c,u,m,h,x,w,k){this.Ah=e|0,this.Al=t|0,this.Bh=r|0,this.Bl=o|0,this.Ch=s|0,this.Cl=i|0,this.Dh=a|0,this.Dl=l|0,this.Eh=d|0,this.El=c|0,this.Fh=u|0,this.Fl=m|0,this.Gh=h|0,this.Gl=x|0,this.Hh=w|0,this.Hl=k|0}_cloneInto(e){return(e||=new this.constructor).set(...this.get()),this._cloneIntoMeta(e)}process(e,t){for(let b=0;b<16;b++,t+=4)et[b]=e.getUint32(t),tt[b]=e.getUint32(t+=4);for(let b=16;b<80;b++){let S=et[b-15]|0,C=tt[b-15]|0,K=yt(S,C,1)^yt(S,C,8)^eo(S,C,7),W=wt(S,C,1)^wt(S,C,8)^to(S,C,7),q=et[b-2]|0,U=tt[b-2]|0,H=yt(q,U,19)^Qt(q,U,61)^eo(q,U,6),X=wt(q,U,19)^Jt(q,U,61)^to(q,U,6),z=Vs(W,X,tt[b-7],tt[b-16]),Y=js(z,K,H,et[b-7],et[b-16]);et[b]=Y|0,tt[b]=z|0}let{Ah:r,Al:o,Bh:s,Bl:i,Ch:a,Cl:l,Dh:d,Dl:c,Eh:u,El:m,Fh:h,Fl:x,Gh:w,Gl:k,Hh:N,Hl:R}=this;for(let b=0;b<80;b++){let S=yt(u,m,14)^yt(u,m,18)^Qt(u,m,41),C=wt(u,m,14)^wt(u,m,18)^Jt(u,m,41),K=u&h^~u&w,W=m&x^~m&k,q=Ws(R,C,W,Vl[b],tt[b]),U=Ys(q,N,S,K,Kl[b],et[b]),H=q|0,X=yt(r,o,28)^Qt(r,o,34)^Qt(r,o,39),z=wt(r,o,28)^Jt(r,o,34)^Jt(r,o,39),Y=r&s^r&a^s&a,_=o&i^o&l^i&l;N=w|0,R=k|0,w=h|0,k=x|0,h=u|0,x=m|0,{h:u,l:m}=Ie(d|0,c|0,U|0,H|0),d=a|0,c=l|0,a=s|0,l=i|0,s=r|0,i=o|0;let D=qs(H,z,_);r=Ks(D,U,X,Y),o=D|0}({h:r,l:o}=Ie(this.Ah|0,this.Al|0,r|0,o|0)),{h:s,l:i}=Ie(this.Bh|0,this.Bl|0,s|0,i|0),{h:a,l}=Ie(this.Ch|0,this.Cl|0,a|0,l|0),{h:d,l:c}=Ie(this.Dh|0,this.Dl|0,d|0,c|0),{h:u,l:m}=Ie(this.Eh|0,this.El|0,u|0,m|0),{h,l:x}=Ie(this.Fh|0,this.Fl|0,h|0,x|0),{h:w,l:k}=Ie(this.Gh|0,this.Gl|0,w|0,k|0),{h:N,l:R}=Ie(this.Hh|0,this.Hl|0,N|0,R|0),this.set(r,o,s,i,a,l,d,c,u,m,h,x,w,k,N,R)}roundClean(){bt(et,tt)}destroy(){this.destroyed=!0,bt(this.buffer),this.set(0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0)}},co=class extends lo{constructor(){super(64,ni)}};var Rt=oo(()=>new ao,so(1));var Jn=oo(()=>new co,so(3));function tr(n,e,t=()=>{}){if(!Array.isArray(n))throw new TypeError(`"${e}" expected array, got type=${typeof n}`);for(let r=0;r<n.length;r++)t(n[r],`${e}[${r}]`);return n}var J=(n,e,t)=>Be(n,e,t),uo=Ye;function si(n,e=""){if(typeof n!="string"){let t=e&&`"${e}" `;throw new TypeError(t+"expected string, got type="+typeof n)}return n}function nt(n,e="object"){if(n===null||typeof n!="object"||Array.isArray(n))throw new TypeError(e==="object"?"expected valid options object":`"${e}" expected object, got type=${typeof n}`);return n}function xt(n,e){if(typeof n!="function")throw new TypeError(`"${e}" is invalid: expected function, got ${typeof n}`);return n}var tn=Xn,Oe=(...n)=>ro(...n),Bt=n=>Qn(n),ot=Wn,vt=n=>Qs(n),er=BigInt(0),oi=BigInt(1),jl=n=>n?`"${n}" `:"";function Ee(n,e=""){if(typeof n!="boolean")throw new TypeError(jl(e)+"expected boolean, got type="+typeof n);return n}function nr(n){if(typeof n=="bigint"){if(!rt(n))throw new RangeError("positive bigint expected, got "+n)}else uo(n);return n}function Ge(n,e=""){if(typeof n!="number"){let t=e&&`"${e}" `;throw new TypeError(t+"expected number, got type="+typeof n)}if(!Number.isSafeInteger(n)){let t=e&&`"${e}" `;throw new RangeError(t+"expected safe integer, got "+n)}}function nn(n){let e=nr(n).toString(16);return e.length&1?"0"+e:e}function ii(n){if(typeof n!="string")throw new TypeError("hex string expected, got "+typeof n);return n===""?er:BigInt("0x"+n)}function De(n){return ii(Xn(n))}function $t(n){return ii(Xn(rn(Be(n)).reverse()))}function rr(n,e){if(Ye(e),e===0)throw new Error("zero output length is invalid");n=nr(n);let t=e*2,r=n.toString(16);if(r.length>t)throw new RangeError("number is too large");return Qn(r.padStart(t,"0"))}function fo(n,e){return rr(n,e).reverse()}function rn(n){return Uint8Array.from(J(n))}function rt(n){return typeof n=="bigint"&&er<=n}function ho(n,e,t){return rt(n)&&rt(e)&&rt(t)&&e<=n&&n<t}function Ot(n,e,t,r){if(!ho(e,t,r))throw new RangeError("expected valid "+n+": "+t+" <= n < "+r+", got "+e)}function Ct(n){if(n<er)throw new Error("expected non-negative bigint, got "+n);return n===er?0:n.toString(2).length}var on=n=>(Ge(n,"n"),(oi<<BigInt(n))-oi);function ai(n,e,t){if(Ye(n,"hashLen"),Ye(e,"qByteLen"),typeof t!="function")throw new TypeError("hmacFn must be a function");let r=k=>new Uint8Array(k),o=Uint8Array.of(),s=Uint8Array.of(0),i=Uint8Array.of(1),a=1e3,l=r(n),d=r(n),c=0,u=()=>{l.fill(1),d.fill(0),c=0},m=(...k)=>t(d,Oe(l,...k)),h=(k=o)=>{d=m(s,k),l=m(),k.length!==0&&(d=m(i,k),l=m())},x=()=>{if(c++>=a)throw new Error("drbg: tried max amount of iterations");let k=0,N=[];for(;k<e;){l=m();let R=l.slice();N.push(R),k+=l.length}return Oe(...N)};return(k,N)=>{u(),h(k);let R;for(;(R=N(x()))===void 0;)h();return u(),R}}function Se(n,e={},t={},r="object"){nt(n,r),nt(e,"fields"),nt(t,"optFields");function o(i,a,l){let d=r==="object"?`param "${String(i)}"`:`"${r}.${String(i)}"`,c=n[i];if(!Object.hasOwn(n,i)&&(l?c!==void 0:a!=="function"))throw new TypeError(`${d} is invalid: expected own property`);if(l&&c===void 0)return;let u=typeof c;if(u!==a||c===null)throw new TypeError(`${d} is invalid: expected ${a}, got ${u}`)}let s=(i,a)=>Object.entries(i).forEach(([l,d])=>o(l,d,a));s(e,!1),s(t,!0)}var ye=BigInt(0),ee=BigInt(1),st=BigInt(2),ci=BigInt(3),po=BigInt(4),ui=BigInt(5),Wl=BigInt(7),fi=BigInt(8),Yl=BigInt(9),Gl=BigInt(15),hi=BigInt(16),Zl=BigInt("0x10000000000000000");function fe(n,e){if(e<=ye)throw new Error("mod: expected positive modulus, got "+e);let t=n%e;return t>=ye?t:e+t}function pi(n,e,t){if(t<=ee)throw new Error("pow: expected modulus > 1, got "+t);if(typeof e!="bigint")throw new TypeError("invalid exponent: expected bigint, got "+typeof e);if(e<ye)throw new Error("invalid exponent, negatives unsupported");if(e===ye)return ee;if(e===ee)return n;let r=n%t;if(r<ye&&(r+=t),e<Zl){let a=ee;for(;e>ye;)e&ee&&(a=a*r%t),r=r*r%t,e>>=ee;return a}let o=[];for(;e>ye;)o.push(Number(e&Gl)),e>>=po;let s=new Array(16);s[0]=ee,s[1]=r;for(let a=2;a<16;a++)s[a]=s[a-1]*r%t;let i=s[o[o.length-1]];for(let a=o.length-2;a>=0;a--){i=i*i%t,i=i*i%t,i=i*i%t,i=i*i%t;let l=o[a];l!==0&&(i=i*s[l]%t)}return i}function He(n,e,t){if(t<=ee)throw new Error("pow2: expected modulus > 1, got "+t);if(e<ye)throw new Error("pow2: expected non-negative exponent, got "+e);let r=n;for(;e-- >ye;)r*=r,r%=t;return r}function li(n,e){if(n===ye)throw new Error("invert: expected non-zero number");if(e<=ee)throw new Error("invert: expected modulus > 1, got "+e);let t=fe(n,e),r=e,o=ye,s=ee;for(;t!==ye;){let a=r/t,l=r-t*a,d=o-s*a;r=t,t=l,o=s,s=d}if(r!==ee)throw new Error("invert: does not exist");return fe(o,e)}function mi(n,e){if(e<=ee)throw new Error("invertCt: expected prime modulus > 1, got "+e);let t=fe(n,e);if(t===ye)throw new Error("invertCt: expected non-zero number");let r=pi(t,e-st,e);if(fe(t*r,e)!==ee)throw new Error("invertCt: does not exist");return r}function mo(n,e,t){let r=n;if(!r.eql(r.sqr(e),t))throw new Error("Cannot find square root")}function go(n,e){if((n&ee)===ye)throw new Error(e+": expected odd modulus, got "+n)}function gi(n,e){let t=n,r=(t.ORDER+ee)/po,o=t.pow(e,r);return mo(t,o,e),o}function Xl(n,e){let t=n,r=(t.ORDER-ui)/fi,o=t.mul(e,st),s=t.pow(o,r),i=t.mul(e,s),a=t.mul(t.mul(i,st),s),l=t.mul(i,t.sub(a,t.ONE));return mo(t,l,e),l}function Ql(n){let e=ir(n),t=yi(n),r=t(e,e.neg(e.ONE)),o=t(e,r),s=t(e,e.neg(r)),i=(n+Wl)/hi;return((a,l)=>{let d=a,c=d.pow(l,i),u=d.mul(c,r),m=d.mul(c,o),h=d.mul(c,s),x=d.eql(d.sqr(u),l),w=d.eql(d.sqr(m),l);c=d.cmov(c,u,x),u=d.cmov(h,m,w);let k=d.eql(d.sqr(u),l),N=d.cmov(c,u,k);return mo(d,N,l),N})}function yi(n){if(n<ci)throw new Error("sqrt is not defined for small field");go(n,"tonelliShanks");let e=n-ee,t=0;for(;e%st===ye;)e/=st,t++;let r=st,o=ir(n);for(;sn(o,r)===1;)if(r++>1e3)throw new Error("Cannot find square root: probably non-prime P");if(t===1)return gi;let s=o.pow(r,e),i=(e+ee)/st;return function(l,d){let c=l;if(c.is0(d))return d;if(sn(c,d)!==1)throw new Error("Cannot find square root");let u=t,m=c.mul(c.ONE,s),h=c.pow(d,e),x=c.pow(d,i);for(;!c.eql(h,c.ONE);){if(c.is0(h))throw new Error("Cannot find square root: probably non-prime P");let w=1,k=c.sqr(h);for(;!c.eql(k,c.ONE);)if(w++,k=c.sqr(k),w===u)throw new Error("Cannot find square root");let N=ee<<BigInt(u-w-1),R=c.pow(m,N);u=w,m=c.sqr(R),h=c.mul(h,m),x=c.mul(x,R)}return x}}function Jl(n){return go(n,"Fp.sqrt"),n%po===ci?gi:n%fi===ui?Xl:n%hi===Yl?Ql(n):yi(n)}var wi=(n,e)=>(fe(n,e)&ee)===ee,ed=["create","isValid","is0","neg","inv","sqrt","sqr","eql","add","sub","mul","pow","div","addN","subN","mulN","sqrN"];function Mt(n){if(nt(n,"field"),typeof n.ORDER!="bigint")throw new TypeError('param "ORDER" is invalid: expected bigint, got '+typeof n.ORDER);Ge(n.BYTES,"BYTES"),Ge(n.BITS,"BITS");for(let e of ed)xt(n[e],"field."+e);if(n.BYTES<1||n.BITS<1)throw new Error("invalid field: expected BYTES/BITS > 0");if(n.ORDER<=ee)throw new Error("invalid field: expected ORDER > 1, got "+n.ORDER);return n}function sr(n,e,t=!1){Mt(n),tr(e,"nums"),Ee(t,"passZero");let r=n,o=new Array(e.length).fill(t?r.ZERO:void 0),s=e.reduce((a,l,d)=>r.is0(l)?a:(o[d]=a,r.mul(a,l)),r.ONE),i=r.inv(s);return e.reduceRight((a,l,d)=>r.is0(l)?a:(o[d]=r.mul(a,o[d]),r.mul(a,l)),i),o}function sn(n,e){Mt(n);let t=n;go(t.ORDER,"FpLegendre");let r=(t.ORDER-ee)/st,o=t.pow(e,r),s=t.eql(o,t.ONE),i=t.eql(o,t.ZERO),a=t.eql(o,t.neg(t.ONE));if(!s&&!i&&!a)throw new Error("invalid Legendre symbol result");return s?1:i?0:-1}function td(n,e){if(e!==void 0&&uo(e),n<=ye)throw new Error("invalid n length: expected positive n, got "+n);if(e!==void 0&&e<1)throw new Error("invalid n length: expected positive bit length, got "+e);let t=Ct(n);if(e!==void 0&&e<t)throw new Error(`invalid n length: expected nBitLength (${e}) >= bitLen(n) (${t})`);let r=e!==void 0?e:t,o=Math.ceil(r/8);return{nBitLength:r,nByteLength:o}}var di=new WeakMap,or=class{ORDER;BITS;BYTES;isLE;ZERO=ye;ONE=ee;_lengths;_mod;constructor(e,t={}){if(e<=ee)throw new Error("invalid field: expected ORDER > 1, got "+e);let r;this.isLE=!1,t!=null&&typeof t=="object"&&(typeof t.BITS=="number"&&(r=t.BITS),typeof t.sqrt=="function"&&Object.defineProperty(this,"sqrt",{value:t.sqrt,enumerable:!0}),typeof t.isLE=="boolean"&&(this.isLE=t.isLE),t.allowedLengths&&(this._lengths=Object.freeze(t.allowedLengths.slice())),typeof t.modFromBytes=="boolean"&&(this._mod=t.modFromBytes));let{nBitLength:o,nByteLength:s}=td(e,r);if(s>2048)throw new Error("invalid field: expected ORDER of <= 2048 bytes");this.ORDER=e,this.BITS=o,this.BYTES=s,Object.freeze(this)}create(e){return fe(e,this.ORDER)}isValid(e){if(typeof e!="bigint")throw new TypeError("invalid field element: expected bigint, got "+typeof e);return ye<=e&&e<this.ORDER}is0(e){return e===ye}isValidNot0(e){return!this.is0(e)&&this.isValid(e)}isOdd(e){return(e&ee)===ee}neg(e){return fe(-e,this.ORDER)}eql(e,t){return e===t}sqr(e){return fe(e*e,this.ORDER)}add(e,t){return fe(e+t,this.ORDER)}sub(e,t){return fe(e-t,this.ORDER)}mul(e,t){return fe(e*t,this.ORDER)}pow(e,t){return pi(e,t,this.ORDER)}div(e,t){return fe(e*li(t,this.ORDER),this.ORDER)}sqrN(e){return e*e}addN(e,t){return e+t}subN(e,t){return e-t}mulN(e,t){return e*t}inv(e){return li(e,this.ORDER)}sqrt(e){let t=di.get(this);return t||di.set(this,t=Jl(this.ORDER)),t(this,e)}toBytes(e){return this.isLE?fo(e,this.BYTES):rr(e,this.BYTES)}fromBytes(e,t=!1){J(e);let{_lengths:r,BYTES:o,isLE:s,ORDER:i,_mod:a}=this;if(r){if(e.length<1||!r.includes(e.length)||e.length>o)throw new Error("Field.fromBytes: expected "+r+" bytes, got "+e.length);let d=new Uint8Array(o);d.set(e,s?0:d.length-e.length),e=d}if(e.length!==o)throw new Error("Field.fromBytes: expected "+o+" bytes, got "+e.length);let l=s?$t(e):De(e);if(a&&(l=fe(l,i)),!t&&!this.isValid(l))throw new Error("invalid field element: outside of range 0..ORDER");return l}invertBatch(e){return sr(this,e,!0)}cmov(e,t,r){return Ee(r,"condition"),r?t:e}};function ir(n,e={}){return Object.freeze(or.prototype),new or(n,e)}function bi(n){if(typeof n!="bigint")throw new Error("field order must be bigint");if(n<=ee)throw new Error("field order must be greater than 1");let e=Ct(n-ee);return Math.ceil(e/8)}function ar(n){let e=bi(n);return e+Math.ceil(e/2)}function yo(n,e,t=!1){J(n);let r=n.length,o=bi(e),s=Math.max(ar(e),16);if(r<s||r>1024)throw new Error("expected "+s+"-1024 bytes of input, got "+r);let i=t?$t(n):De(n),a=fe(i,e-ee)+ee;return t?fo(a,o):rr(a,o)}var xo=BigInt(0),an=BigInt(1),nd=BigInt(4),wo=16,xi=128,rd=5,vi=2**31;function it(n){let e=n;if(typeof e!="function")throw new TypeError('"Point" expected constructor, got type='+typeof n);xt(e.fromAffine,"Point.fromAffine"),xt(e.fromBytes,"Point.fromBytes"),xt(e.fromHex,"Point.fromHex"),nt(e.BASE,"Point.BASE"),nt(e.ZERO,"Point.ZERO"),Mt(e.Fp),Mt(e.Fn)}function lr(n,e){it(n),ki(e,n);let t=sr(n.Fp,e.map(r=>r.Z));return e.map((r,o)=>n.fromAffine(r.toAffine(t[o])))}function od(n,e,t=1){if(!Number.isSafeInteger(n)||n<t||n>e)throw new Error("invalid window size, expected ["+t+".."+e+"], got W="+n)}function sd(n,e){let t=n*(4*e+128);if(t>vi)throw new Error("invalid window size: table would need ~"+Math.ceil(t/2**20)+" MiB, max "+vi/2**20+" MiB")}function vo(n,e){if(n!==void 0){xt(n,"randomBytes");try{let t=n(e);if(!ot(t)||t.length!==e)return}catch{return}return n}}function ki(n,e){tr(n,"points"),n.forEach((t,r)=>{if(!(t instanceof e))throw new Error("invalid point at index "+r)})}function id(n,e,t){if(!Array.isArray(n))throw new Error("array of scalars expected");n.forEach((r,o)=>{if(!(t===void 0?e.isValid(r):rt(r)&&r<t))throw new Error("invalid scalar at index "+o)})}var Ei=new WeakMap;function bo(n){return Ei.get(n)||1}function ad(n,e){let t=n.double(),r=[n];for(let o=1;o<e;o++)r.push(r[o-1].add(t));return r}function ld(n,e){let t=2**e,r=t/2,o=BigInt(t-1),s=[];for(;n>xo;){let i=0;n&an&&(i=Number(n&o),i>=r&&(i-=t),n-=BigInt(i)),s.push(i),n>>=an}return s}function dd(n,e,t){let r=2**e,o=r/2,s=BigInt(r-1),i=BigInt(e),a=[];for(let l=0;l<t;l++){let d=Number(n&s);n>>=i,d>o&&(d-=r,n+=an),a.push(d)}if(n!==xo)throw new Error("invalid wnaf");return a}function cd(n,e,t){let r=0;for(let s of t)r=Math.max(r,s.length);let o=n;for(let s=r-1;s>=0;s--){s!==r-1&&(o=o.double());for(let i=0;i<t.length;i++){let a=t[i][s];if(a){let l=e[i][Math.abs(a)-1>>1];o=o.add(a<0?l.negate():l)}}}return o}var Nt=class{Point;BASE;ZERO;randomBytes;wnafPrecomputes=new WeakMap;baseCanBeBlinded;bits;constructor(e,t){it(e),this.randomBytes=vo(t,wo),this.Point=e,this.BASE=e.BASE,this.ZERO=e.ZERO,this.bits=e.Fn.BITS}buildWnafTable(e,t,r){let o=Math.ceil(r/t)+1,s=2**(t-1),i=[],a=e;for(let l=0;l<o;l++){let d=a;for(let c=0;c<s;c++)i.push(d),d=d.add(a);a=i[i.length-1].double()}return{W:t,bits:r,windows:o,comp:i}}wnafCachedCT(e,t){let{W:r,windows:o,comp:s}=e,i=2**(r-1),a=dd(t,r,o),l=this.ZERO,d=this.BASE;for(let c=0;c<o;c++){let u=a[c],m=c*i,h=Math.abs(u)-1,x=s[m];for(let k=1;k<i;k++)x=k===h?s[m+k]:x;let w=x.negate();u===0?d=d.add(s[m]):l=l.add(u<0?w:x)}return{p:l,f:d}}getWnafPrecomputes(e,t,r,o){let s=this.wnafPrecomputes.get(t),i=s?.find(a=>a.W===e&&a.bits===r);return i||(i=this.buildWnafTable(t,e,r),typeof o=="function"&&(i={...i,comp:o(i.comp)}),s||(s=[],this.wnafPrecomputes.set(t,s)),s.push(i)),i}assertPoint(e){if(!(e instanceof this.Point))throw new TypeError('"point" expected Point instance, got type='+typeof e)}validateMulInput(e,t){if(this.assertPoint(e),!ho(t,an,this.Point.Fn.ORDER))throw new Error("invalid scalar")}runCT(e,t,r,o){let s=bo(e);return s===1?this.fixedWindowCT(e,t,r):this.wnafCachedCT(this.getWnafPrecomputes(s,e,r,o),t)}mulCT(e,t,r){return this.validateMulInput(e,t),this.runCT(e,t,this.bits,r)}mulCTBlinded(e,t,r){if(this.validateMulInput(e,t),this.randomBytes===void 0)throw new Error("randomBytes is required for scalar blinding");let o=this.Point.Fn.BITS+xi,s=this.randomBytes(wo);if(!ot(s)||s.length!==wo)throw new Error("randomBytes returned invalid byte array");s[0]=s[0]&63|128;let i=t+De(s)*this.Point.Fn.ORDER;return this.runCT(e,i,o,r)}fixedWindowCT(e,t,r){let o=rd,s=1<<o,i=on(o),a=new Array(s);a[0]=this.ZERO;for(let c=1;c<s;c++)a[c]=a[c-1].add(e);let l=Math.ceil(r/o),d=this.ZERO;for(let c=l-1;c>=0;c--){if(c!==l-1)for(let h=0;h<o;h++)d=d.double();let u=Number(t>>BigInt(c*o)&i),m=a[0];for(let h=1;h<s;h++)m=h===u?a[h]:m;d=d.add(m)}return{p:d,f:d}}shouldBlind(e,t){return this.randomBytes===void 0?!1:t===an?!0:e!==this.BASE?!1:(this.baseCanBeBlinded===void 0&&(this.baseCanBeBlinded=this.mulUnsafe(this.BASE,this.Point.Fn.ORDER).is0()),this.baseCanBeBlinded)}mulSecret(e,t,r,o){return this.shouldBlind(e,r)?this.mulCTBlinded(e,t,o):this.mulCT(e,t,o)}mulUnsafe(e,t,r){if(this.assertPoint(e),!rt(t))throw new Error("invalid scalar");let o=bo(e);if(o===1||t>=this.Point.Fn.ORDER)return dr(this.Point,[e],[t],!0);let s=this.getWnafPrecomputes(o,e,this.bits,r);return this.wnafCachedCT(s,t).p}setWindowSize(e,t){this.assertPoint(e),od(t,this.bits);let r=Math.ceil((this.bits+xi)/t)+1;sd(r*2**(t-1),this.Point.Fp.BYTES),Ei.set(e,t),this.wnafPrecomputes.delete(e)}hasWindowSize(e){return bo(e)!==1}};function dr(n,e,t,r=!1){if(it(n),ki(e,n),Ee(r,"allowOversized"),id(t,n.Fn,r?n.Fn.ORDER**nd:void 0),e.length!==t.length)throw new Error("arrays of points and scalars must have equal length");let o=e.map(i=>ad(i,4)),s=t.map(i=>ld(i,4));return cd(n.ZERO,o,s)}function $i(n,e,t){if(e){if(e.ORDER!==n)throw new Error("Field.ORDER must match order: Fp == p, Fn == n");return Mt(e),e}else return ir(n,{isLE:t})}function cr(n,e,t={},r){if(n!=="weierstrass"&&n!=="edwards")throw new Error('expected curve type "weierstrass" or "edwards"');if(r===void 0&&(r=n==="edwards"),!e||typeof e!="object")throw new Error(`expected valid ${n} CURVE object`);Se(t);for(let l of["p","n","h"]){let d=e[l];if(!(rt(d)&&d!==xo))throw new Error(`CURVE.${l} must be positive bigint`)}let o=$i(e.p,t.Fp,r),s=$i(e.n,t.Fn,r),a=["Gx","Gy","a",n==="weierstrass"?"b":"d"];for(let l of a)if(!o.isValid(e[l]))throw new Error(`CURVE.${l} must be valid field element of CURVE.Fp`);return e=Object.freeze(Object.assign({},e)),{CURVE:e,Fp:o,Fn:s}}function ur(n,e){return function(r){let o=n(r);return{secretKey:o,publicKey:e(o)}}}var fr=class{oHash;iHash;blockLen;outputLen;canXOF=!1;finished=!1;destroyed=!1;constructor(e,t){if(Yn(e),Be(t,void 0,"key"),this.iHash=e.create(),typeof this.iHash.update!="function")throw new Error("expected Hash instance");this.blockLen=this.iHash.blockLen,this.outputLen=this.iHash.outputLen;let r=this.blockLen,o=new Uint8Array(r);o.set(t.length>r?e.create().update(t).digest():t);for(let s=0;s<o.length;s++)o[s]^=54;this.iHash.update(o),this.oHash=e.create();for(let s=0;s<o.length;s++)o[s]^=106;this.oHash.update(o),bt(o)}update(e){return At(this),this.iHash.update(e),this}digestInto(e){At(this),Gn(e,this),this.finished=!0;let t=e.subarray(0,this.outputLen);this.iHash.digestInto(t),this.oHash.update(t),this.oHash.digestInto(t),this.destroy()}digest(){let e=new Uint8Array(this.oHash.outputLen);return this.digestInto(e),e}_cloneInto(e){e||=Object.create(Object.getPrototypeOf(this),{});let{oHash:t,iHash:r,finished:o,destroyed:s,blockLen:i,outputLen:a,canXOF:l}=this;return e=e,e.finished=o,e.destroyed=s,e.blockLen=i,e.outputLen=a,e.canXOF=l,e.oHash=t._cloneInto(e.oHash),e.iHash=r._cloneInto(e.iHash),e}clone(){return this._cloneInto()}destroy(){this.destroyed=!0,this.oHash.destroy(),this.iHash.destroy()}},Si=(()=>{let n=((e,t,r)=>new fr(e,t).update(r).digest());return n.create=(e,t)=>new fr(e,t),n})();var ud=BigInt(0),$o=class extends Error{constructor(e=""){super(e)}},Ze={Err:$o,_tlv:{encode:(n,e)=>{let{Err:t}=Ze;if(Ge(n,"tag"),n<0||n>255)throw new t("tlv.encode: wrong tag");if(si(e,"data"),e.length&1)throw new t("tlv.encode: unpadded data");let r=e.length/2,o=nn(r);if(o.length/2&128)throw new t("tlv.encode: long form length too big");let s=r>127?nn(o.length/2|128):"";return nn(n)+s+o+e},decode(n,e){let{Err:t}=Ze;e=J(e,void 0,"DER data");let r=0;if(n<0||n>255)throw new t("tlv.decode: wrong tag");if(e.length<2||e[r++]!==n)throw new t("tlv.decode: wrong tlv");let o=e[r++],s=!!(o&128),i=0;if(!s)i=o;else{let l=o&127;if(!l)throw new t("tlv.decode(long): indefinite length not supported");if(l>4)throw new t("tlv.decode(long): byte length is too big");let d=e.subarray(r,r+l);if(d.length!==l)throw new t("tlv.decode: length bytes not complete");if(d[0]===0)throw new t("tlv.decode(long): zero leftmost byte");for(let c of d)i=i<<8|c;if(r+=l,i<128)throw new t("tlv.decode(long): not minimal encoding")}let a=e.subarray(r,r+i);if(a.length!==i)throw new t("tlv.decode: wrong value length");return{v:a,l:e.subarray(r+i)}}},_int:{encode(n){let{Err:e}=Ze;if(nr(n),n<ud)throw new e("integer: negative integers are not allowed");let t=nn(n);if(Number.parseInt(t[0],16)&8&&(t="00"+t),t.length&1)throw new e("unexpected DER parsing assertion: unpadded hex");return t},decode(n){let{Err:e}=Ze;if(n.length<1)throw new e("invalid signature integer: empty");if(n[0]&128)throw new e("invalid signature integer: negative");if(n.length>1&&n[0]===0&&!(n[1]&128))throw new e("invalid signature integer: unnecessary leading zero");return De(n)}},toSig(n,e){let{Err:t,_int:r,_tlv:o}=Ze;if(e!==void 0&&(Ge(e,"maxScalarBytes"),e<1))throw new t("invalid signature: maxScalarBytes must be positive");let s=J(n,void 0,"signature"),{v:i,l:a}=o.decode(48,s);if(a.length)throw new t("invalid signature: left bytes after parsing");let{v:l,l:d}=o.decode(2,i),{v:c,l:u}=o.decode(2,d);if(u.length)throw new t("invalid signature: left bytes after parsing");if(e!==void 0&&(l.length>e||c.length>e))throw new t("invalid signature: integer too large");return{r:r.decode(l),s:r.decode(c)}},hexFromSig(n){let{_tlv:e,_int:t}=Ze;Se(n,{r:"bigint",s:"bigint"},{},"sig");let r=e.encode(2,t.encode(n.r)),o=e.encode(2,t.encode(n.s)),s=r+o;return e.encode(48,s)}},hr=(Object.freeze(Ze._tlv),Object.freeze(Ze._int),Object.freeze(Ze));var _i=(n,e)=>(n+(n>=0?e:-e)/Ti)/e;function fd(n,e,t){Ot("scalar",n,Xe,t);let[[r,o],[s,i]]=e,a=_i(i*n,t),l=_i(-o*n,t),d=n-a*r-l*s,c=-a*o-l*i,u=d<Xe,m=c<Xe;u&&(d=-d),m&&(c=-c);let h=on(Math.ceil(Ct(t)/2))+kt;if(d<Xe||d>=h||c<Xe||c>=h)throw new Error("splitScalar (endomorphism): failed for k");return{k1neg:u,k1:d,k2neg:m,k2:c}}function So(n){if(!["compact","recovered","der"].includes(n))throw new Error('Signature format must be "compact", "recovered", or "der"');return n}function ko(n,e){Se(n);let t={};for(let r of Object.keys(e))t[r]=n[r]===void 0?e[r]:n[r];return Ee(t.lowS,"lowS"),Ee(t.prehash,"prehash"),t.format!==void 0&&So(t.format),t}var Xe=BigInt(0),kt=BigInt(1),Ti=BigInt(2),Eo=BigInt(3),hd=BigInt(4);function Ai(n,e={}){let t=cr("weierstrass",n,e),r=t.Fp,o=t.Fn,s=t.CURVE,{h:i,n:a}=s;Se(e,{},{allowInfinityPoint:"boolean",clearCofactor:"function",isTorsionFree:"function",fromBytes:"function",toBytes:"function",endo:"object",randomBytes:"function"});let{endo:l,allowInfinityPoint:d,clearCofactor:c,isTorsionFree:u,fromBytes:m,toBytes:h}=e,x=e.randomBytes===void 0?vt:e.randomBytes;if(l&&(!r.is0(s.a)||typeof l.beta!="bigint"||!Array.isArray(l.basises)))throw new Error('invalid endo: expected "beta": bigint and "basises": array');let w=l?{beta:l.beta,basises:l.basises.map(E=>[...E])}:void 0,k=Bi(r,o);function N(){if(!r.isOdd)throw new Error("compression is not supported: Field does not have .isOdd()")}function R(E,p,y){if(p.is0()){if(!d)throw new Error("bad point: ZERO");return Uint8Array.of(0)}let{x:$,y:T}=p.toAffine(),B=r.toBytes($);if(Ee(y,"isCompressed"),y){N();let O=!r.isOdd(T);return Oe(Ri(O),B)}else return Oe(Uint8Array.of(4),B,r.toBytes(T))}function b(E){J(E,void 0,"Point");let{publicKey:p,publicKeyUncompressed:y}=k,$=E.length,T=E[0],B=E.subarray(1);if(d&&$===1&&T===0)return{x:r.ZERO,y:r.ZERO};if($===p&&(T===2||T===3)){let O=r.fromBytes(B);if(!r.isValid(O))throw new Error("bad point: is not on curve, wrong x");let L=q(O),P;try{P=r.sqrt(L)}catch(pe){let ae=pe instanceof Error?": "+pe.message:"";throw new Error("bad point: is not on curve, sqrt error"+ae)}N();let Q=r.isOdd(P);return(T&1)===1!==Q&&(P=r.neg(P)),{x:O,y:P}}else if($===y&&T===4){let O=r.BYTES,L=r.fromBytes(B.subarray(0,O)),P=r.fromBytes(B.subarray(O,O*2));if(!U(L,P))throw new Error("bad point: is not on curve");return{x:L,y:P}}else throw new Error(`bad point: got length ${$}, expected compressed=${p} or uncompressed=${y}`)}let S=h===void 0?R:h,C=m===void 0?b:m,K=r.mul(s.b,Eo),W=r.is0(s.a)?E=>r.ZERO:E=>r.mul(s.a,E);function q(E){let p=r.sqr(E),y=r.mul(p,E);return r.add(r.add(y,r.mul(E,s.a)),s.b)}function U(E,p){let y=r.sqr(p),$=q(E);return r.eql(y,$)}if(!U(s.Gx,s.Gy))throw new Error("bad curve params: generator point");let H=r.mul(r.pow(s.a,Eo),hd),X=r.mul(r.sqr(s.b),BigInt(27));if(r.is0(r.add(H,X)))throw new Error("bad curve params: a or b");function z(E,p,y=!1){if(!r.isValid(p)||y&&r.is0(p))throw new Error(`bad point coordinate ${E}`);return typeof p=="object"&&p!==null?r.create(p):p}function Y(E){if(!(E instanceof M))throw new Error("Weierstrass Point expected")}function _(E){if(!w||!w.basises)throw new Error("no endo");return fd(E,w.basises,o.ORDER)}function D(E,p,y,$){if(!o.isValid($))throw new RangeError("invalid scalar: out of range");if(w){let{k1neg:T,k1:B,k2neg:O,k2:L}=_($),P=new M(r.mul(y.X,w.beta),y.Y,y.Z);E.push(T?y.negate():y,O?P.negate():P),p.push(B,L)}else E.push(y),p.push($)}let F=new WeakSet;class M{static BASE=new M(s.Gx,s.Gy,r.ONE);static ZERO=new M(r.ZERO,r.ONE,r.ZERO);static Fp=r;static Fn=o;X;Y;Z;constructor(p,y,$){this.X=z("x",p),this.Y=z("y",y,!0),this.Z=z("z",$),Object.freeze(this)}static CURVE(){return s}static fromAffine(p){let{x:y,y:$}=p||{};if(!p||!r.isValid(y)||!r.isValid($))throw new Error("invalid affine point");if(p instanceof M)throw new Error("projective point not allowed");return r.is0(y)&&r.is0($)?M.ZERO:new M(y,$,r.ONE)}static fromBytes(p){let y=M.fromAffine(C(J(p,void 0,"point")));return y.assertValidity(),y}static fromHex(p){return M.fromBytes(Bt(p))}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(p=6,y=!0){return ie.setWindowSize(this,p),y||this.multiply(Eo),this}assertValidity(){let p=this;if(p.is0()){if(d&&r.is0(p.X)&&r.eql(p.Y,r.ONE)&&r.is0(p.Z))return;throw new Error("bad point: ZERO")}if(F.has(p))return;let{x:y,y:$}=p.toAffine();if(!r.isValid(y)||!r.isValid($))throw new Error("bad point: x or y not field elements");if(!U(y,$))throw new Error("bad point: equation left != right");if(!p.isTorsionFree())throw new Error("bad point: not in prime-order subgroup");F.add(p)}hasEvenY(){let{y:p}=this.toAffine();if(!r.isOdd)throw new Error("Field doesn't support isOdd");return!r.isOdd(p)}equals(p){Y(p);let{X:y,Y:$,Z:T}=this,{X:B,Y:O,Z:L}=p,P=r.eql(r.mul(y,L),r.mul(B,T)),Q=r.eql(r.mul($,L),r.mul(O,T));return P&&Q}negate(){return new M(this.X,r.neg(this.Y),this.Z)}double(){let{X:p,Y:y,Z:$}=this,T=r.ZERO,B=r.ZERO,O=r.ZERO,L=r.mul(p,p),P=r.mul(y,y),Q=r.mul($,$),V=r.mul(p,y);return V=r.add(V,V),O=r.mul(p,$),O=r.add(O,O),T=W(O),B=r.mul(K,Q),B=r.add(T,B),T=r.sub(P,B),B=r.add(P,B),B=r.mul(T,B),T=r.mul(V,T),O=r.mul(K,O),Q=W(Q),V=r.sub(L,Q),V=W(V),V=r.add(V,O),O=r.add(L,L),L=r.add(O,L),L=r.add(L,Q),L=r.mul(L,V),B=r.add(B,L),Q=r.mul(y,$),Q=r.add(Q,Q),L=r.mul(Q,V),T=r.sub(T,L),O=r.mul(Q,P),O=r.add(O,O),O=r.add(O,O),new M(T,B,O)}add(p){Y(p);let{X:y,Y:$,Z:T}=this,{X:B,Y:O,Z:L}=p,P=r.ZERO,Q=r.ZERO,V=r.ZERO,pe=r.mul(y,B),ae=r.mul($,O),we=r.mul(T,L),Te=r.add(y,$),le=r.add(B,O);Te=r.mul(Te,le),le=r.add(pe,ae),Te=r.sub(Te,le),le=r.add(y,T);let me=r.add(B,L);return le=r.mul(le,me),me=r.add(pe,we),le=r.sub(le,me),me=r.add($,T),P=r.add(O,L),me=r.mul(me,P),P=r.add(ae,we),me=r.sub(me,P),V=W(le),P=r.mul(K,we),V=r.add(P,V),P=r.sub(ae,V),V=r.add(ae,V),Q=r.mul(P,V),ae=r.add(pe,pe),ae=r.add(ae,pe),we=W(we),le=r.mul(K,le),ae=r.add(ae,we),we=r.sub(pe,we),we=W(we),le=r.add(le,we),pe=r.mul(ae,le),Q=r.add(Q,pe),pe=r.mul(me,le),P=r.mul(Te,P),P=r.sub(P,pe),pe=r.mul(Te,ae),V=r.mul(me,V),V=r.add(V,pe),new M(P,Q,V)}subtract(p){return Y(p),this.add(p.negate())}is0(){return this.equals(M.ZERO)}multiply(p){if(!o.isValidNot0(p))throw new RangeError("invalid scalar: out of range");let{p:y,f:$}=ie.mulSecret(this,p,i,te);return te([y,$])[0]}multiplyUnsafe(p){let y=this,$=p;if(!o.isValid($))throw new RangeError("invalid scalar: out of range");if($===Xe||y.is0())return M.ZERO;if($===kt)return y;if(ie.hasWindowSize(this))return ie.mulUnsafe(y,$,te);let T=[],B=[];return D(T,B,y,$),dr(M,T,B)}mulAddUnsafe(p,y,$){Y(y);let T=[],B=[];return D(T,B,this,p),D(T,B,y,$),dr(M,T,B)}toAffine(p){let y=this,$=p;if($!=null&&!r.isValid($))throw new RangeError('"invertedZ" expected valid field element');let{X:T,Y:B,Z:O}=y;if(r.eql(O,r.ONE))return{x:T,y:B};let L=y.is0();$==null&&($=L?r.ONE:r.inv(O));let P=r.mul(T,$),Q=r.mul(B,$),V=r.mul(O,$);if(L)return{x:r.ZERO,y:r.ZERO};if(!r.eql(V,r.ONE))throw new Error("invZ was invalid");return{x:P,y:Q}}isTorsionFree(){return i===kt?!0:u?u(M,this):ie.mulUnsafe(this,a).is0()}clearCofactor(){return i===kt?this:c?c(M,this):this.multiplyUnsafe(i)}isSmallOrder(){return i===kt?this.is0():this.clearCofactor().is0()}toBytes(p=!0){return Ee(p,"isCompressed"),this.assertValidity(),S(M,this,p)}toHex(p=!0){return tn(this.toBytes(p))}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let te=E=>lr(M,E),ie=new Nt(M,x);return ie.bits>=6&&M.BASE.precompute(6),Object.freeze(M.prototype),Object.freeze(M),M}function Ri(n){return Uint8Array.of(n?2:3)}function Bi(n,e){return{secretKey:e.BYTES,publicKey:1+n.BYTES,publicKeyUncompressed:1+2*n.BYTES,publicKeyHasPrefix:!0,signature:2*e.BYTES}}function pd(n,e={}){it(n);let{Fn:t}=n,r=e.randomBytes===void 0?vt:e.randomBytes,o=Object.assign(Bi(n.Fp,t),{seed:Math.max(ar(t.ORDER),16)});function s(h){try{let x=t.fromBytes(h);return t.isValidNot0(x)}catch{return!1}}function i(h,x){let{publicKey:w,publicKeyUncompressed:k}=o;try{let N=h.length;return x===!0&&N!==w||x===!1&&N!==k?!1:!n.fromBytes(h).is0()}catch{return!1}}function a(h){return h=h===void 0?r(o.seed):h,yo(J(h,o.seed,"seed"),t.ORDER)}function l(h,x=!0){return n.BASE.multiply(t.fromBytes(h)).toBytes(x)}function d(h){let{secretKey:x,publicKey:w,publicKeyUncompressed:k}=o,N=t._lengths;if(!ot(h))return;let R=J(h,void 0,"key").length,b=R===w||R===k,S=R===x||!!N?.includes(R);if(!(b&&S))return b}function c(h,x,w=!0){if(d(h)===!0)throw new Error("first arg must be private key");if(d(x)===!1)throw new Error("second arg must be public key");let k=t.fromBytes(h),N=n.fromBytes(x);if(N.is0())throw new Error("invalid public key: point at infinity");return N.multiply(k).toBytes(w)}let u={isValidSecretKey:s,isValidPublicKey:i,randomSecretKey:a},m=ur(a,l);return Object.freeze(u),Object.freeze(o),Object.freeze({getPublicKey:l,getSharedSecret:c,keygen:m,Point:n,utils:u,lengths:o})}function Oi(n,e,t={}){it(n);let r=e;Yn(r),Se(t,{},{hmac:"function",lowS:"boolean",randomBytes:"function",bits2int:"function",bits2int_modN:"function"});let o=Object.assign({},t),s=o.randomBytes===void 0?vt:o.randomBytes,i=o.hmac===void 0?(E,p)=>Si(r,E,p):o.hmac,{Fp:a,Fn:l}=n,{ORDER:d,BITS:c}=l,u=ar(d),m=vo(s,u),{keygen:h,getPublicKey:x,getSharedSecret:w,utils:k,lengths:N}=pd(n,o),R={prehash:!0,lowS:typeof o.lowS=="boolean"?o.lowS:!0,format:"compact",extraEntropy:!1},b=d*Ti+kt<a.ORDER;function S(E){let p=d>>kt;return E>p}function C(E,p){if(!l.isValidNot0(p))throw new Error(`invalid signature ${E}: out of range 1..Point.Fn.ORDER`);return p}function K(){if(!a.isOdd)throw new Error("Field doesn't support isOdd")}function W(E,p,y){return K(),(E===y?0:2)|Number(a.isOdd(p))}function q(){if(b)throw new Error('"recovered" sig type is not supported for cofactor >2 curves')}function U(E,p){So(p);let y=N.signature,$=p==="compact"?y:p==="recovered"?y+1:void 0;return J(E,$)}class H{r;s;recovery;constructor(p,y,$){if(this.r=C("r",p),this.s=C("s",y),$!=null){if(q(),![0,1,2,3].includes($))throw new Error("invalid recovery id");this.recovery=$}Object.freeze(this)}static fromBytes(p,y=R.format){U(p,y);let $;if(y==="der"){if(p.length>2*l.BYTES+16)throw new hr.Err("invalid signature: DER signature too long");let{r:L,s:P}=hr.toSig(J(p),l.BYTES+1);return new H(L,P)}y==="recovered"&&($=p[0],y="compact",p=p.subarray(1));let T=N.signature/2,B=p.subarray(0,T),O=p.subarray(T,T*2);return new H(l.fromBytes(B),l.fromBytes(O),$)}static fromHex(p,y){return this.fromBytes(Bt(p),y)}assertRecovery(){let{recovery:p}=this;if(p==null)throw new Error("invalid recovery id: must be present");return p}addRecoveryBit(p){return new H(this.r,this.s,p)}recoverPublicKey(p){let{r:y,s:$}=this,T=this.assertRecovery(),B=T===2||T===3?y+d:y;if(!a.isValid(B))throw new Error("invalid recovery id: sig.r+curve.n != R.x");let O=a.toBytes(B),L=n.fromBytes(Oe(Ri((T&1)===0),O)),P=l.inv(B),Q=z(J(p,void 0,"msgHash")),V=l.create(-Q*P),pe=l.create($*P),ae=n.BASE.mulAddUnsafe(V,L,pe);if(ae.is0())throw new Error("invalid recovery: point at infinify");return ae.assertValidity(),ae}hasHighS(){return S(this.s)}toBytes(p=R.format){if(So(p),p==="der")return Bt(hr.hexFromSig(this));let{r:y,s:$}=this,T=l.toBytes(y),B=l.toBytes($);return p==="recovered"?(q(),Oe(Uint8Array.of(this.assertRecovery()),T,B)):Oe(T,B)}toHex(p){return tn(this.toBytes(p))}}Object.freeze(H.prototype),Object.freeze(H);let X=o.bits2int===void 0?function(p){if(p.length>8192)throw new Error("input is too large");let y=De(p),$=p.length*8-c;return $>0?y>>BigInt($):y}:o.bits2int,z=o.bits2int_modN===void 0?function(p){return l.create(X(p))}:o.bits2int_modN,Y=on(c);function _(E){return Ot("num < 2^"+c,E,Xe,Y),l.toBytes(E)}function D(E,p){return J(E,void 0,"message"),p?J(r(E),void 0,"prehashed message"):E}function F(E,p,y){let{lowS:$,prehash:T,extraEntropy:B}=ko(y,R);E=D(E,T);let O=z(E),L=l.fromBytes(p);if(!l.isValidNot0(L))throw new Error("invalid private key");let P=[_(L),_(O)];if(B!=null&&B!==!1){let ae=B===!0?s(N.secretKey):B;P.push(J(ae,void 0,"extraEntropy"))}let Q=Oe(...P),V=O;function pe(ae){let we=X(ae);if(!l.isValidNot0(we))return;let Te=n.BASE.multiply(we).toAffine(),le=l.create(Te.x);if(le===Xe)return;let me;if(m!==void 0){let zt=De(yo(m(u),d)),el=l.inv(l.mul(zt,we)),tl=l.mul(zt,V),nl=l.mul(zt,L);me=l.create(el*l.create(tl+nl*le))}else{let zt=mi(we,d);me=l.create(zt*l.create(V+le*L))}if(me===Xe)return;let Pr=W(Te.x,Te.y,le),ts=me;return $&&S(me)&&(ts=l.neg(me),Pr^=1),new H(le,ts,b?void 0:Pr)}return{seed:Q,k2sig:pe}}function M(E,p,y={}){let{seed:$,k2sig:T}=F(E,p,y);return ai(r.outputLen,l.BYTES,i)($,T).toBytes(y.format)}function te(E,p,y,$={}){let{lowS:T,prehash:B,format:O}=ko($,R);if(y=J(y,void 0,"publicKey"),p=D(p,B),!ot(E)){let L=E instanceof H?", use sig.toBytes()":"";throw new Error("verify expects Uint8Array signature"+L)}U(E,O);try{let L=H.fromBytes(E,O),P=n.fromBytes(y);if(P.is0()||T&&L.hasHighS())return!1;let{r:Q,s:V}=L,pe=z(p),ae=l.inv(V),we=l.create(pe*ae),Te=l.create(Q*ae),le=n.BASE.mulAddUnsafe(we,P,Te);if(le.is0())return!1;let me=le.toAffine();return!(l.create(me.x)!==Q||O==="recovered"&&L.recovery!==W(me.x,me.y,Q))}catch{return!1}}function ie(E,p,y={}){let{prehash:$}=ko(y,R);return p=D(p,$),H.fromBytes(E,"recovered").recoverPublicKey(p).toBytes()}return Object.freeze({keygen:h,getPublicKey:x,getSharedSecret:w,utils:k,lengths:N,Point:n,sign:M,verify:te,recoverPublicKey:ie,Signature:H,hash:r})}var md={p:BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),n:BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),h:BigInt(1),a:BigInt("0xffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),b:BigInt("0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),Gx:BigInt("0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),Gy:BigInt("0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")};var gd=Ai(md),Ci=Oi(gd,Rt);var Et=32,yd=Uint8Array.of(0),wd=Uint8Array.of(1);function Fe(n){if(n.length!==Et)throw new v("format",`a hash has ${Et} bytes, not ${n.length}`);return n}function $e(n){return Rt(n)}function To(n){return be(yd,n)}function pr(n){return $e(To(n))}function _o(n,e){return be(wd,n,e)}function Mi(n,e){return $e(_o(n,e))}var bd=$e(new Uint8Array),ln=class ln{constructor(e,t){this.size=e;this.peaks=t;if(!Number.isSafeInteger(e)||e<0||t.length!==xd(e))throw new v("format",`a tree of ${e} entries does not have ${t.length} complete subtrees`)}append(e){let t=[...this.peaks],r=this.size;for(let o of e){let s=o;for(let i=r;i%2===1;i=Math.floor(i/2)){let a=t.pop();if(a===void 0)throw new Error("bad math in Frontier.append");s=Mi(a,s)}t.push(s),r+=1}return new ln(r,t)}root(){return this.peaks.length===0?bd:this.peaks.reduceRight((e,t)=>Mi(t,e))}};ln.EMPTY=new ln(0,[]);var Lt=ln;function Ni(n,e,t){let r=[],[o,s]=[e,n-1];for(let i of t){if(s===0)return null;if(o%2===1||o===s)for(r.push(a=>_o(i,a));o%2===0&&o>0;s=Math.floor(s/2))o=o/2;else r.push(a=>_o(a,i));[o,s]=[Math.floor(o/2),Math.floor(s/2)]}return s===0?r:null}function Li(n,e){return e.reduce((t,r)=>$e(r(t)),n)}function xd(n){let e=0;for(let t=n;t>0;t=Math.floor(t/2))e+=t%2;return e}var mr=BigInt(0),gr=BigInt(1),yr=BigInt(2),vd=BigInt(4),Ui=BigInt(8);function $d(n,e,t,r){let o=n.sqr(t),s=n.sqr(r),i=n.add(n.mul(e.a,o),s),a=n.add(n.ONE,n.mul(e.d,n.mul(o,s)));return n.eql(i,a)}function Hi(n,e={}){Se(e,{},{},"extraOpts");let t=e,r=cr("edwards",n,t,t.FpFnLE),{Fp:o,Fn:s}=r,i=r.CURVE,{h:a}=i;if(sn(o,i.a)!==1)throw new Error("edwards: CURVE.a must be a square in Fp for complete addition formulas");if(sn(o,i.d)!==-1)throw new Error("edwards: CURVE.d must be a non-square in Fp for complete addition formulas");Se(t,{},{uvRatio:"function",randomBytes:"function"});let l=t.randomBytes===void 0?vt:t.randomBytes,d=yr<<BigInt(o.BYTES*8)-gr;function c(R){if(!o.isOdd)throw new Error("Field does not have .isOdd()");return o.isOdd(R)}let u=t.uvRatio===void 0?(R,b)=>{try{return{isValid:!0,value:o.sqrt(o.div(R,b))}}catch{return{isValid:!1,value:mr}}}:t.uvRatio;if(!$d(o,i,i.Gx,i.Gy))throw new Error("bad curve params: generator point");let m=o.eql(i.a,o.neg(o.ONE))?R=>o.neg(R):o.eql(i.a,o.ONE)?R=>R:R=>o.mul(i.a,R);function h(R,b,S=!1){let C=S?gr:mr;return Ot("coordinate "+R,b,C,d),b}function x(R){if(!(R instanceof w))throw new Error("EdwardsPoint expected")}class w{static BASE=new w(i.Gx,i.Gy,o.ONE,o.mul(i.Gx,i.Gy));static ZERO=new w(o.ZERO,o.ONE,o.ONE,o.ZERO);static Fp=o;static Fn=s;X;Y;Z;T;constructor(b,S,C,K){this.X=h("x",b),this.Y=h("y",S),this.Z=h("z",C,!0),this.T=h("t",K),Object.freeze(this)}static CURVE(){return i}static fromAffine(b){if(b instanceof w)throw new Error("extended point not allowed");let{x:S,y:C}=b||{};return h("x",S),h("y",C),new w(S,C,o.ONE,o.mul(S,C))}static fromBytes(b,S=!1){let C=o.BYTES,{a:K,d:W}=i;b=rn(J(b,C,"point")),Ee(S,"zip215");let q=rn(b),U=b[C-1];q[C-1]=U&-129;let H=$t(q),X=S?d:o.ORDER;Ot("point.y",H,mr,X);let z=o.sqr(H),Y=o.sub(z,o.ONE),_=o.sub(o.mulN(W,z),K),{isValid:D,value:F}=u(Y,_);if(!D)throw new Error("bad point: invalid y coordinate");let M=c(F),te=(U&128)!==0;if(!S&&o.is0(F)&&te)throw new Error("bad point: x=0 and x_0=1");return te!==M&&(F=o.neg(F)),w.fromAffine({x:F,y:H})}static fromHex(b,S=!1){return w.fromBytes(Bt(b),S)}get x(){return this.toAffine().x}get y(){return this.toAffine().y}precompute(b=6,S=!0){return N.setWindowSize(this,b),S||this.multiply(yr),this}assertValidity(){let b=this,{a:S,d:C}=i;if(b.is0())throw new Error("bad point: ZERO");let{X:K,Y:W,Z:q,T:U}=b,H=o.sqr(K),X=o.sqr(W),z=o.sqr(q),Y=o.sqr(z),_=o.mul(H,S),D=o.mul(o.add(_,X),z),F=o.add(Y,o.mul(C,o.mul(H,X)));if(!o.eql(D,F))throw new Error("bad point: equation left != right (1)");let M=o.mul(K,W),te=o.mul(q,U);if(!o.eql(M,te))throw new Error("bad point: equation left != right (2)")}equals(b){x(b);let{X:S,Y:C,Z:K}=this,{X:W,Y:q,Z:U}=b,H=o.mul(S,U),X=o.mul(W,K),z=o.mul(C,U),Y=o.mul(q,K);return o.eql(H,X)&&o.eql(z,Y)}is0(){return this.equals(w.ZERO)}negate(){return new w(o.neg(this.X),this.Y,this.Z,o.neg(this.T))}double(){let{X:b,Y:S,Z:C}=this,K=o.sqr(b),W=o.sqr(S),q=o.mul(o.sqr(C),yr),U=m(K),H=o.addN(b,S),X=o.sub(o.subN(o.sqr(H),K),W),z=o.addN(U,W),Y=o.subN(z,q),_=o.subN(U,W),D=o.mul(X,Y),F=o.mul(z,_),M=o.mul(X,_),te=o.mul(Y,z);return new w(D,F,te,M)}add(b){x(b);let{d:S}=i,{X:C,Y:K,Z:W,T:q}=this,{X:U,Y:H,Z:X,T:z}=b,Y=o.mul(C,U),_=o.mul(K,H),D=o.mul(o.mulN(q,S),z),F=o.mul(W,X),M=o.sub(o.subN(o.mulN(o.addN(C,K),o.addN(U,H)),Y),_),te=o.subN(F,D),ie=o.addN(F,D),E=o.sub(_,m(Y)),p=o.mul(M,te),y=o.mul(ie,E),$=o.mul(M,E),T=o.mul(te,ie);return new w(p,y,T,$)}subtract(b){return x(b),this.add(b.negate())}multiply(b){if(!s.isValidNot0(b))throw new RangeError("invalid scalar: expected 1 <= sc < curve.n");let{p:S,f:C}=N.mulSecret(this,b,a,k);return k([S,C])[0]}multiplyUnsafe(b){if(!s.isValid(b))throw new RangeError("invalid scalar: expected 0 <= sc < curve.n");return b===mr?w.ZERO:this.is0()||b===gr?this:N.mulUnsafe(this,b,k)}isSmallOrder(){return this.clearCofactor().is0()}isTorsionFree(){return N.mulUnsafe(this,i.n).is0()}toAffine(b){let S=this,C=b;if(C!=null&&typeof C!="bigint")throw new TypeError('"invertedZ" expected bigint, got type='+typeof C);let{X:K,Y:W,Z:q}=S,U=S.is0();C==null&&(C=U?o.create(Ui):o.inv(q));let H=o.mul(K,C),X=o.mul(W,C),z=o.mul(q,C);if(U)return{x:o.ZERO,y:o.ONE};if(!o.eql(z,o.ONE))throw new Error("invZ was invalid");return{x:H,y:X}}clearCofactor(){return a===gr?this:a===yr?this.double():a===vd?this.double().double():a===Ui?this.double().double().double():this.multiplyUnsafe(a)}toBytes(){let{x:b,y:S}=this.toAffine(),C=o.toBytes(S);return C[C.length-1]|=c(b)?128:0,C}toHex(){return tn(this.toBytes())}toString(){return`<Point ${this.is0()?"ZERO":this.toHex()}>`}}let k=R=>lr(w,R),N=new Nt(w,l);return N.bits>=6&&w.BASE.precompute(6),Object.freeze(w.prototype),Object.freeze(w),w}function Pi(n,e,t={}){if(it(n),typeof e!="function")throw new Error('"hash" function param is required');let r=e,o=t;Se(o,{},{adjustScalarBytes:"function",randomBytes:"function",domain:"function",prehash:"function",zip215:"boolean",mapToCurve:"function",toMontgomery:"function",toMontgomerySecret:"function"});let{prehash:s}=o,{BASE:i,Fp:a,Fn:l}=n,d=r.outputLen,c=2*a.BYTES;if(d!==void 0&&(Ge(d,"hash.outputLen"),d!==c))throw new Error(`hash.outputLen must be ${c}, got ${d}`);let u=o.randomBytes===void 0?vt:o.randomBytes,m=o.toMontgomery,h=o.toMontgomerySecret,x=o.adjustScalarBytes===void 0?_=>_:o.adjustScalarBytes,w=o.domain===void 0?(_,D,F)=>{if(Ee(F,"phflag"),D.length||F)throw new Error("Contexts/pre-hash are not supported");return _}:o.domain;function k(_){return l.create($t(_))}function N(_){let D=U.secretKey;J(_,U.secretKey,"secretKey");let F=J(r(_),2*D,"hashedSecretKey"),M=x(F.slice(0,D)),te=F.slice(D,2*D),ie=k(M);return{head:M,prefix:te,scalar:ie}}function R(_){let{head:D,prefix:F,scalar:M}=N(_),te=i.multiply(M),ie=te.toBytes();return{head:D,prefix:F,scalar:M,point:te,pointBytes:ie}}function b(_){return R(_).pointBytes}function S(_=Uint8Array.of(),...D){let F=Oe(...D);return k(r(w(F,J(_,void 0,"context"),!!s)))}function C(_,D,F={}){Se(F,{},{},"options"),_=rn(J(_,void 0,"message")),s&&(_=s(_));let{prefix:M,scalar:te,pointBytes:ie}=R(D),E=S(F.context,M,_),p=i.multiply(E).toBytes(),y=S(F.context,p,ie,_),$=l.create(E+y*te);if(!l.isValid($))throw new Error("sign failed: invalid s");let T=Oe(p,l.toBytes($));return J(T,U.signature,"result")}let K={zip215:o.zip215};function W(_,D,F,M=K){Se(M);let{context:te}=M,ie=M.zip215===void 0?!!K.zip215:M.zip215,E=U.signature;_=J(_,E,"signature"),D=J(D,void 0,"message"),F=J(F,U.publicKey,"publicKey"),ie!==void 0&&Ee(ie,"zip215"),s&&(D=s(D));let p=E/2,y=_.subarray(0,p),$=$t(_.subarray(p,E)),T,B,O;try{T=n.fromBytes(F,ie),B=n.fromBytes(y,ie),O=i.multiplyUnsafe($)}catch{return!1}if(!ie&&T.isSmallOrder())return!1;let L=S(te,y,F,D);return B.add(T.multiplyUnsafe(L)).subtract(O).clearCofactor().is0()}let q=a.BYTES,U={secretKey:q,publicKey:q,signature:2*q,seed:q};function H(_){return _=_===void 0?u(U.seed):_,J(_,U.seed,"seed")}function X(_){return ot(_)&&_.length===U.secretKey}function z(_,D){try{return!!n.fromBytes(_,D===void 0?K.zip215:D)}catch{return!1}}let Y={getExtendedPublicKey:R,randomSecretKey:H,isValidSecretKey:X,isValidPublicKey:z,toMontgomery(_){if(m===void 0)throw new Error("Montgomery conversion is not supported for this curve");return m(n.fromBytes(_))},toMontgomerySecret(_){if(h===void 0)throw new Error("Montgomery conversion is not supported for this curve");return h(_)}};return Object.freeze(U),Object.freeze(Y),Object.freeze({keygen:ur(H,b),getPublicKey:b,sign:C,verify:W,utils:Y,Point:n,lengths:U})}var Ao=BigInt(1),Ii=BigInt(2);var kd=BigInt(5),Ed=BigInt(8),Ro=BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),Sd={p:Ro,n:BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"),h:Ed,a:BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),d:BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),Gx:BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),Gy:BigInt("0x6666666666666666666666666666666666666666666666666666666666666658")};function _d(n){let e=BigInt(10),t=BigInt(20),r=BigInt(40),o=BigInt(80),s=Ro,a=n*n%s*n%s,l=He(a,Ii,s)*a%s,d=He(l,Ao,s)*n%s,c=He(d,kd,s)*d%s,u=He(c,e,s)*c%s,m=He(u,t,s)*u%s,h=He(m,r,s)*m%s,x=He(h,o,s)*h%s,w=He(x,o,s)*h%s,k=He(w,e,s)*c%s;return{pow_p_5_8:He(k,Ii,s)*n%s,b2:a}}function zi(n){return n[0]&=248,n[31]&=127,n[31]|=64,n}var Di=BigInt("19681161376707505956807079304988542015446066515923890162744021073123829784752");function Td(n,e){let t=Ro,r=fe(e*e*e,t),o=fe(r*r*e,t),s=_d(n*o).pow_p_5_8,i=fe(n*r*s,t),a=fe(e*i*i,t),l=i,d=fe(i*Di,t),c=a===n,u=a===fe(-n,t),m=a===fe(-n*Di,t);return c&&(i=l),(u||m)&&(i=d),wi(i,t)&&(i=fe(-i,t)),{isValid:c||u,value:i}}var Bo=Hi(Sd,{uvRatio:Td}),Fi=Bo.Fp;function Ad(n){let{y:e}=n;return Fi.toBytes(Fi.div(Ao+e,Ao-e))}function Rd(n){let e=Bo.Fp.BYTES;return Be(n,e),zi(Jn(n.subarray(0,e))).subarray(0,e)}function Bd(n){return Pi(Bo,Jn,Object.assign({adjustScalarBytes:zi,toMontgomery:Ad,toMontgomerySecret:Rd,zip215:!0},n))}var qi=Bd({});var Od=100,wr=4,br=1,dn=4,xr=6,Cd=new Map([[br,32],[dn,32],[xr,1312]]),Md=64,Ki="— ";function Ut(n){let e=vr(n);if(e.type!==br)throw new v("format","the log's key is not an Ed25519 key (type 1, 32 bytes)");return e}function vr(n){let[e,t,r,...o]=Ld(n);if(e===void 0||t===void 0||r===void 0||o.length>0)throw new v("format","a key has the form name+keyid+base64");Wi(e);let s=Le(r,`the key of ${e}`),[i=0]=s;if(Cd.get(i)!==s.length-1)throw new v("format",`the key of ${e} is of type ${i} with ${s.length-1} bytes: of no known type`);let a=Rt(be(new TextEncoder().encode(`${e}
`),s)).slice(0,wr);if(ue(a)!==t)throw new v("format",`the key of ${e} has the id ${ue(a)}, but says ${t}`);return{name:e,type:i,keyId:a,publicKey:s.slice(1)}}function Ht(n,e){let{text:t,signatures:r}=$r(n,e);for(let o of r)if(!un(o,t,e.publicKey))throw new v("signature",`the signature of ${e.name} over this head is wrong`);return Oo(t,e)}function $r(n,e){let{text:t,lines:r}=cn(n),o=r.filter(s=>Co(s,e)).map(({signature:s})=>s);if(o.length===0)throw new v("signature",`the log's key ${e.name} has not signed this head`);return{text:t,signatures:o}}function Oo(n,e){let t=Nd(n);if(t.origin!==e.name)throw new v("origin",`the head is of the log ${t.origin}, not of ${e.name}`);return t}function Co(n,e){return n.name===e.name&&xe(n.keyId,e.keyId)}function cn(n){let e=St(n,"the head"),t=e.lastIndexOf(`

`);if(t<0||!e.endsWith(`
`)||t+2===e.length)throw new v("format","a signed note is a text, an empty line, and lines of signatures");let r=e.slice(0,t+1);if(/[\u0000-\u0009\u000b-\u001f]/.test(r))throw new v("format","the head has control characters");let o=e.slice(t+2,-1).split(`
`);if(o.length>Od)throw new v("format",`a head with ${o.length} signatures`);return{text:new TextEncoder().encode(r),lines:o.map(ji)}}function Vi(n){let[e,...t]=St(n,"the list of signatures").split(`
`).reverse();if(e!=="")throw new v("format","the last line of signatures does not end");return t.reverse().map(ji)}function ji(n){let e=n.startsWith(Ki)?n.slice(Ki.length).split(" "):[],[t,r]=e;if(t===void 0||r===void 0||e.length!==2)throw new v("format","a signature line has the form '— name base64'");Wi(t);let o=Le(r,`the signature of ${t}`);if(o.length<=wr)throw new v("format",`the signature of ${t} is empty`);return{name:t,keyId:o.slice(0,wr),signature:o.slice(wr)}}function Nd(n){let[e,t,r,o,...s]=St(n,"the checkpoint").split(`
`);if(!e||t===void 0||r===void 0||o!==""||s.length>0)throw new v("format","a checkpoint has three lines: origin, size and root");return{origin:e,size:Vn(t,"the checkpoint's size"),root:Fe(Le(r,"the checkpoint's root"))}}function un(n,e,t){return n.length!==Md?!1:qi.verify(n,e,t,{zip215:!1})}function Ld(n){let e=n.indexOf("+"),t=n.indexOf("+",e+1);return e<0||t<0?[]:[n.slice(0,e),n.slice(e+1,t),n.slice(t+1)]}function Wi(n){if(n===""||/[\s+\p{White_Space}]/u.test(n))throw new v("format",`a key's name has no spaces and no plus sign, unlike ${JSON.stringify(n)}`)}function St(n,e){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(n)}catch{throw new v("format",`${e} is not UTF-8`)}}var Ud=8,Hd=16,Mo=new TextEncoder().encode("local-vpp device\0"),Pd=4,Id=new Map([[-8,"ed25519"],[-19,"ed25519"],[-7,"es256"],[-9,"es256"]]),Dd={ed25519:39,es256:38},Fd={ed25519:32,es256:65};function No(n){let e=Id.get(n);if(e===void 0)throw new j("field",`the algorithm ${String(n)} is none of records`);return e}function kr(n,e){let t=No(n);if(e.length!==Fd[t])throw new j("field",`a key of ${e.length} bytes`);return{algorithm:t,data:e}}function Pt({data:n}){return ue($e(n).slice(0,Ud))}function Yi({data:n}){let e=new Uint8Array(Mo.length+n.length);return e.set(Mo),e.set(n,Mo.length),ue($e(e).slice(0,Hd))}function Gi({algorithm:n,data:e},t){let r=Uint8Array.of(Dd[n]);return $e(Xt(mt("local-vpp next key"),mt(t),r,We(e)))}function Lo({algorithm:n,data:e},t,r){if(n==="ed25519")return un(t,r,e);if(e[0]!==Pd||t.length!==64)return!1;try{return Ci.verify(t,r,e,{lowS:!0,prehash:!0})}catch{return!1}}var zd=4096,qd="application/vnd.local-vpp.etp+cbor",Kd=1,Er=32,Uo=16,Vd=8,Zi=64,jd=168,Xi=9,Wd=11,Yd=["begin","interval","end","tariff_change","exception","gap","enrol","rotate","revoke","raw","transfer","witness","mirror","settled","suspend","reinstate","erased","supply","drill"],Gd=1+We(new Uint8Array(Er)).length,Zd=["enrol","rotate","witness","mirror"],Xd=["revoke","suspend","reinstate","erased"];function Qi(n){return ea(n).payload[0]!==jd}function Sr(n){let e=ea(n),{algorithm:t,keyId:r,issuer:o,subject:s}=Jd(e.protectedHeader),i=new Qe(gt(e.payload,"the envelope's payload"),"the envelope");i.exactly(0,"version",Kd);let a=ue(i.bytes(1,"device",Uo));i.unsigned(2,"epoch");let l=i.unsigned(3,"seq");i.bytes(4,"prev",Er);let d=Yd[i.unsigned(5,"kind")],c=i.unsigned(6,"slot"),u=i.bytes(7,"commitment",Er),m=i.optional(8,k=>ec(i.list(k,"enrolled key"))),h=i.optional(Xi,k=>i.bytes(k,"proof of possession",Zi)),x=i.optional(10,k=>i.bytes(k,"device concerned",Uo)),w=i.optional(Wd,k=>i.bytes(k,"next key",Er));if(i.end(),d===void 0)throw new j("field","the envelope is of a kind that this page does not know");if(l<1)throw new j("field","the envelope: seq is 0, the first record has 1");if(o!==`urn:local-vpp:device:${a}`)throw new j("field",`the envelope names the issuer ${o}, but the device ${a}`);if(m!==null!==Zd.includes(d)||h!==null!=(d==="rotate")||x!==null!==Xd.includes(d)||!(d==="rotate"||w!==null==(d==="enrol"&&m?.device===a)))throw new j("field",`the envelope: a ${d} record has other fields than these`);return{device:a,building:s,seq:l,kind:d,slot:c,commitment:u,algorithm:t,keyId:r,named:m,possession:h,nextKey:w,parts:e}}function hn({algorithm:n,keyId:e,parts:t},r){return n!==r.algorithm||e!==Pt(r)?!1:Lo(r,t.signature,Ho(t))}function Ho({protectedHeader:n,payload:e}){return Xt(mt("Signature1"),We(n),We(new Uint8Array),We(e))}function Ji({building:n,named:e,possession:t,nextKey:r,parts:o}){if(e===null||t===null)return!1;let s=Xt(mt("local-vpp rotate"),mt(n),We(Qd(o.payload,r===null?0:Gd)));return Lo(e.key,t,s)}function Qd(n,e){let t=be(Uint8Array.of(Xi),We(new Uint8Array(Zi))),r=n.length-e;return be(Uint8Array.of((n[0]??0)-1),n.slice(1,r-t.length),n.slice(r,n.length))}function ea(n){if(n.length>zd)throw new j("encoding",`the envelope has ${n.length} bytes`);if(n[0]!==210||n[1]!==132)throw new j("encoding","the envelope is not a tagged COSE_Sign1");let[e,t,r,o]=gt(n.slice(1),"the envelope");if(!fn(e)||!(t instanceof Map)||!fn(r)||!fn(o))throw new j("field","the envelope is not a COSE_Sign1 of four parts");if(t.size>0)throw new j("field","the envelope has headers that nobody signed");return{protectedHeader:e,payload:r,signature:o}}function Jd(n){let e=new Qe(gt(n,"the protected header"),"the protected header"),t=No(e.integer(1,"algorithm")),r=new Qe(e.map(15,"claims"),"the claims"),o=e.text(3,"content type"),s=ue(e.bytes(4,"key id",Vd));e.end();let[i,a]=[r.text(1,"issuer",200),r.text(2,"subject",200)];if(r.end(),o!==qd)throw new j("field",`the content type is ${o}`);return{algorithm:t,keyId:s,issuer:i,subject:a}}function ec([n,e,t,...r]){if(!fn(n)||n.length!==Uo||e===void 0||!fn(t)||r.length)throw new j("field","the envelope: a named key is [device, algorithm, public key]");return{device:ue(n),key:kr(e,t)}}function fn(n){return n instanceof Uint8Array}var tc={ed25519:-8,es256:-7},_r=class n{constructor(e,t,r,o,s){this.origin=e;this.entries=t;this.building=r;this.nextKey=o;this.lines=s}static begin(e,t=null){if(t===null)return new n(e,0,null,null,new Map);try{let{entries:r,building:o,nextKey:s,lines:i}=JSON.parse(t);if(!Number.isSafeInteger(r))throw new TypeError("no number of entries");if(typeof s=="string"!=(typeof o=="string"))throw new TypeError("no next key");return new n(e,r,o,s,new Map(i.map(nc)))}catch(r){throw rc(r)?new v("format",`what was kept of the log's keys is not readable: ${r.message}`):r}}get size(){return this.entries}keyAt(e,t){return this.lines.get(e)?.keys.findLast(({from:r})=>r<=t)?.key??null}witness(e){return this.lines.get(e)?.witness?.data??null}take(e,t){if(e<this.entries)return;if(e>this.entries)throw new Error(`bad math in take: entry ${e} after ${this.entries}`);this.entries=e+1;let r=oc(t);r!==null&&this.enter(e,r)}copy(){return new n(this.origin,this.entries,this.building,this.nextKey,new Map(this.lines))}encode(){let e={entries:this.entries,building:this.building,nextKey:this.nextKey,lines:[...this.lines].map(([t,{keys:r,witness:o}])=>[t,r.map(({from:s,key:i})=>[s,ta(i)]),o&&ta(o)])};return JSON.stringify(e)}enter(e,t){let{device:r,kind:o,named:s,building:i,nextKey:a}=t;if(s===null||i!==this.origin||!this.isSigned(e,t))return;let l=e+1,d=this.lines.get(s.device);if(o==="enrol"){if(d!==void 0||r!==(this.building??s.device))return;this.building===null&&(this.building=r,this.nextKey=a&&ue(a)),this.lines.set(s.device,{keys:[{from:l,key:s.key}],witness:null})}else if(d!==void 0&&r===s.device){if(o==="witness")this.lines.set(r,{...d,witness:s.key});else if(o==="rotate"&&Ji(t)){if(a!==null!=(r===this.building))return;if(a!==null){if(ue(Gi(s.key,this.origin))!==this.nextKey)return;this.nextKey=ue(a)}this.lines.set(r,{...d,keys:[...d.keys,{from:l,key:s.key}]})}}}isSigned(e,t){let{device:r,named:o}=t;if(this.building!==null){let s=this.keyAt(r,e);return s!==null&&hn(t,s)}return o!==null&&o.device===r&&Yi(o.key)===r&&hn(t,o.key)}};function ta({algorithm:n,data:e}){return[tc[n],Pe(e)]}function nc([n,e,t]){let r=([o,s])=>kr(o,Le(s,"a key that was kept"));return[n,{keys:e.map(([o,s])=>({from:o,key:r(s)})),witness:t&&r(t)}]}function rc(n){return[SyntaxError,TypeError,v,j].some(e=>n instanceof e)}function oc(n){try{return Qi(n)?Sr(n):null}catch(e){if(!(e instanceof j))throw e;return null}}var Ce=256;function*sc(n,e){for(let t=n;t<e;t+=Ce)yield{index:t/Ce,width:Math.min(Ce,e-t)}}function ic(n,e){return`tile/${n}/${oa(e)}`}function ac(n){return`tile/entries/${oa(n)}`}function lc(n,e,t){if(n.length!==e*Et)throw new v("format",`${t} has ${n.length} bytes, not ${e*Et}`);return Array.from({length:e},(r,o)=>Fe(n.slice(o*Et,(o+1)*Et)))}function dc(n,e,t){let r=new DataView(n.buffer,n.byteOffset,n.byteLength),o=[],s=0;for(let i=0;i<e;i+=1){let a=s+2;if(a>n.length||a+r.getUint16(s)>n.length)throw new v("format",`${t} ends inside its entry ${i} of ${e}`);s=a+r.getUint16(s),o.push(n.slice(a,s))}if(s!==n.length)throw new v("format",`${t} has ${n.length-s} bytes after its entries`);return o}var cc=4;async function*na(n,e,t){let r=[];for(let o of sc(e,t)){let s=Promise.all([uc(n,o),fc(n,0,o)]).then(([i,a])=>({span:o,entries:i,tile:a}));s.catch(()=>{}),r.push(s),r.length>cc&&(yield await r.shift())}for(let o of r)yield await o}async function uc(n,e){let{data:t,width:r,path:o}=await ra(n,e,ac);return dc(t,r,o).slice(0,e.width)}async function fc(n,e,t){let{data:r,width:o,path:s}=await ra(n,t,i=>ic(e,i));return lc(r,o,s).slice(0,t.width)}async function ra(n,e,t){let r={index:e.index,width:Ce},o=e.width===Ce?[r]:[e,r];for(let s of o){let i=t(s);try{return{data:await n.read(i),width:s.width,path:i}}catch(a){if(!(a instanceof Ae))throw a}}throw new v("missing",`the log has signed for ${t(e)} and does not have it`)}function oa({index:n,width:e}){let t=[String(n%1e3).padStart(3,"0")];for(let o=Math.floor(n/1e3);o>0;o=Math.floor(o/1e3))t.unshift(`x${String(o%1e3).padStart(3,"0")}`);let r=t.join("/");return e===Ce?r:`${r}.p/${e}`}var sa=1024,Tr=class{constructor(e,t,r,o=null){this.key=e;this.files=t;this.begin=r;this.known=o;this.names=new Map;this.readUpTo=null;this.readEntries=this.goOn()}get verified(){return this.known}get entries(){return this.readEntries}holds(e,t){let r=this.names.get(e);return r===void 0?null:r===t}forget(){this.known=null,this.readUpTo=null,this.names.clear(),this.readEntries=this.begin(null)}async check(e,t=!1,r=()=>{}){let o=Ht(e,this.key),s=this.known;if(s!==null&&mc(s,o),!t&&s!==null&&o.size===s.size&&this.readUpTo===s.size)return{checkpoint:o,hashed:0,continues:s.size};let i=t?Lt.EMPTY:s?.edges[0]??Lt.EMPTY,a=i.size===0?this.begin(null):this.readEntries.copy(),l=i.size===0?[]:[i],d=new Map,c=i;for await(let u of na(this.files,i.size,o.size)){let m=hc(u);pc(u,o.size-sa,d),u.entries.forEach((h,x)=>a.take(u.span.index*Ce+x,h)),s!==null&&gc(c,m,s),c=c.append(m),u.span.width===Ce&&l.push(c),l.length>2&&l.shift(),r(c.size,o.size)}if(!xe(c.root(),o.root)){if(i.size>0)return this.check(e,!0,r);throw new v("root",`the ${o.size} entries make another root than the signed one`)}return this.readEntries=a,this.known={size:o.size,root:o.root,edges:l,notes:a.encode()},this.readUpTo=o.size,this.remember(d,o.size),{checkpoint:o,hashed:o.size-i.size,continues:s?.size??null}}goOn(){let{known:e}=this;if(e===null)return this.begin(null);try{if(e.notes!==null)return this.begin(e.notes)}catch(t){if(!(t instanceof v))throw t;console.warn(t.message)}return this.known={...e,edges:[],notes:null},this.begin(null)}remember(e,t){for(let[r,o]of e)this.names.set(r,o);for(let r of this.names.keys())r<t-sa&&this.names.delete(r)}};function hc({span:n,entries:e,tile:t}){return e.map((r,o)=>{let s=pr(r),i=t[o];if(i===void 0||!xe(s,i)){let a=n.index*Ce+o;throw new v("entry",`entry ${a} is not the one whose hash stands in the tree`,a)}return s})}function pc({span:n,entries:e},t,r){e.forEach((o,s)=>{let i=n.index*Ce+s;i>=t&&r.set(i,ue($e(o)))})}function mc(n,e){if(e.size<n.size)throw new v("shrunk",`the log has ${e.size} entries; it had ${n.size} when last verified`);if(e.size===n.size&&!xe(e.root,n.root))throw new v("fork",`the log has signed two different roots over ${e.size} entries`)}function gc(n,e,t){let r=t.size-n.size;if(!(r<0||r>e.length)&&!xe(n.append(e.slice(0,r)).root(),t.root))throw new v("fork",`the first ${t.size} entries are not those that were verified before`)}function ia({logKey:n,verified:{size:e,root:t,edges:r,notes:o}}){return JSON.stringify({logKey:n,size:e,root:Pe(t),edges:r.map(s=>({size:s.size,peaks:s.peaks.map(Pe)})),notes:o})}function aa(n){let{logKey:e,size:t,root:r,edges:o,notes:s=null}=wc(n);if(typeof e!="string"||typeof t!="number"||!Number.isSafeInteger(t)||!Array.isArray(o)||o.length>2||s!==null&&typeof s!="string")throw new v("format","what was kept of the log is not readable");return{logKey:e,verified:{size:t,root:la(r),edges:o.map(i=>yc(i,t)),notes:s}}}function yc(n,e){let{size:t,peaks:r}=n??{};if(typeof t!="number"||t>e||t%Ce!==0||!Array.isArray(r))throw new v("format","what was kept of the log's edge is not readable");return new Lt(t,r.map(la))}function la(n){if(typeof n!="string")throw new v("format","what was kept of the log is not readable");return Fe(Le(n,"a hash that was kept"))}function wc(n){let e;try{e=JSON.parse(n)}catch{throw new v("format","what was kept of the log is not JSON")}if(typeof e!="object"||e===null)throw new v("format","what was kept of the log is no object");return e}var bc=250,Po={status:{kind:"waiting"},head:null,failures:0,lastFailure:null},Ar=class{constructor(e,t,r,o,s,i){this.logKey=e;this.files=t;this.keeper=o;this.view=s;this.show=i;this.next=null;this.running=!1;let a=xc(o);this.rememberedKey=a?.logKey??null,this.strangeKey=a!==null&&a.logKey!==e,this.verifier=new Tr(Ut(e),t,r,a===null||this.strangeKey?null:a.verified)}get trustedKey(){return this.strangeKey?this.rememberedKey??this.logKey:this.logKey}get entries(){return this.verifier.entries}holds(e,t){return this.verifier.holds(e,t)}async refresh(e=!1){try{this.follow({note:await this.files.read("checkpoint"),size:null,root:null},e)}catch(t){this.fail(t)}}async forget(){this.verifier.forget(),this.strangeKey=!1,await this.refresh(!0)}follow(e,t=!1){this.next={head:e,all:t||(this.next?.all??!1)},this.running||this.run()}async run(){for(this.running=!0;this.next!==null;){let{head:e,all:t}=this.next;this.next=null;try{await this.check(e,t)}catch(r){this.fail(r)}}this.running=!1}async check(e,t){if(this.update({head:vc(e.note)}),this.strangeKey)throw new v("key",`the building names the key ${this.logKey}`);let r=performance.now(),{status:o}=this.view,s=o.kind==="verified"?r:-1/0,i=await this.checkOrAskAgain(e,t,(x,w)=>{performance.now()-s<bc||(s=performance.now(),this.update({status:{kind:"checking",done:x,size:w}}))}),{checkpoint:a,hashed:l,continues:d}=i,{size:c,root:u}=e;if(c!==null&&c!==a.size||u!==null&&u!==Pe(a.root))throw new v("root","the head that was announced is not the one that is signed");if(o.kind==="verified"&&o.size===a.size&&l===0&&a.size>0)return;let m=performance.now()-r;this.update({status:{kind:"verified",size:a.size,hashed:l,milliseconds:m,continues:d}});let{verified:h}=this.verifier;h!==null&&this.keeper.save(ia({logKey:this.logKey,verified:h}))}async checkOrAskAgain(e,t,r){try{return await this.verifier.check(e.note,t,r)}catch(o){if(!(o instanceof v)||o.code!=="shrunk")throw o;return await this.verifier.check(await this.files.read("checkpoint"),t,r)}}fail(e){if(e instanceof ke){this.view.status.kind!=="failed"&&this.update({status:{kind:"unreachable",detail:e.message}});return}let t=e instanceof v?e:new v("missing",String(e));this.update({status:{kind:"failed",code:t.code,index:t.index,detail:t.message},failures:this.view.failures+1,lastFailure:Date.now()})}update(e){this.view={...this.view,...e},this.show(this.view)}};function xc(n){let e=n.load();if(e===null)return null;try{return aa(e)}catch(t){if(!(t instanceof v))throw t;return console.warn(t.message),null}}function vc(n){let[e="",t="",r=""]=new TextDecoder().decode(n).split(`
`);return{origin:e.slice(0,200),size:t.slice(0,20),root:r.slice(0,44)}}var da=8,$c=64;function kc(n,e,t){if(n.length!==da+$c)return null;let r=new DataView(n.buffer,n.byteOffset).getBigUint64(0);if(r>BigInt(Number.MAX_SAFE_INTEGER))return null;let o=be(new TextEncoder().encode(`cosignature/v1
time ${r}
`),e);return un(n.slice(da),o,t.publicKey)?Number(r):null}function Rr(n,e,t){let r=new Map,[o,s]=[new Set,new Set];for(let{name:i,key:a}of t.witnesses)for(let{signature:l}of e.filter(d=>Co(d,a))){if(a.type!==dn){s.add(i);continue}let d=kc(l,n,a);d===null?o.add(i):r.has(i)||r.set(i,d)}return{times:r,wrong:[...o],unread:[...s]}}var Fo="flats",Io="none",It=class n{constructor(e,t,r,o){this.logs=e;this.witnesses=t;this.groups=r;this.quorum=o}static parse(e){let[t,...r]=St(e,"the policy").split(`
`).reverse();if(t!=="")throw new v("format","the last line of the policy does not end");let o=new Do;if(r.reverse().forEach((s,i)=>{try{o.read(s)}catch(a){throw a instanceof v?new v("format",`line ${i+1} of the policy: ${a.message}`):a}}),o.quorum===null)throw new v("format","the policy has no line 'quorum'");return new n(o.logs,o.witnesses,o.groups,o.quorum)}get asksForNobody(){return this.quorum===Io}isMet(e){return this.asksForNobody||this.counting(e).has(this.quorum)}metAt(e){let t=new Set;for(let[r,o]of[...e].sort(([,s],[,i])=>s-i))if(t.add(r),this.isMet(t))return o;return null}tally(e){let t=new Set(this.witnesses.map(({name:o})=>o));return this.groups.filter(({members:o})=>o.every(s=>t.has(s))).map(({name:o,threshold:s,members:i})=>({group:o,signed:i.filter(a=>e.has(a)).length,members:i.length,needed:s}))}counting(e){let t=new Set(this.witnesses.map(({name:r})=>r).filter(r=>e.has(r)));for(let{name:r,threshold:o,members:s}of this.groups)s.filter(i=>t.has(i)).length>=o&&t.add(r);return t}},Do=class{constructor(){this.logs=[];this.witnesses=[];this.groups=[];this.quorum=null;this.names=new Map;this.keys=new Set}read(e){if(/[\u0000-\u0008\u000b-\u001f\u007f]/.test(e))throw new v("format","it has control characters");let t=e.split(/[ \t]+/).filter(s=>s!==""),[r,...o]=t;if(!(r===void 0||r.startsWith("#"))){if(r==="log"&&o.length>=1&&o.length<=2)return this.log(o);if(r==="witness"&&o.length>=2&&o.length<=3)return this.witness(o);if(r==="group"&&o.length>=3)return this.group(o);if(r==="quorum"&&o.length===1)return this.takeQuorum(o);throw new v("format",`${JSON.stringify(e.slice(0,60))} is not a line that a policy has`)}}log([e=""]){let t=vr(e);if(t.type!==br&&t.type!==xr)throw new v("format",`the log ${t.name} has a key of type ${t.type}, not one of a log`);this.addKey("log",t),this.logs.push(t)}witness([e="",t=""]){let r=vr(t);if(r.type!==dn&&r.type!==xr)throw new v("format",`the witness ${e} has a key of type ${r.type}, not one that cosigns`);this.define(e),this.addKey("witness",r),this.witnesses.push({name:e,key:r})}group([e="",t="",...r]){for(let s of r){let i=this.names.get(s);if(i===void 0)throw new v("format",`${s} is a member of ${e} and not defined above it`);if(i)throw new v("format",`${s} is a member twice`);this.names.set(s,!0)}this.define(e);let o=t==="all"?r.length:t==="any"?1:Number(t);if(!/^(all|any|[1-9][0-9]{0,5})$/.test(t)||o>r.length)throw new v("format",`the group ${e} asks for ${t} of its ${r.length} members`);this.groups.push({name:e,threshold:o,members:r})}takeQuorum([e=""]){if(this.quorum!==null)throw new v("format","there is a second quorum");if(e!==Io&&!this.names.has(e))throw new v("format",`the quorum ${e} is no witness and no group defined above it`);this.quorum=e}define(e){if(e===Io||this.names.has(e))throw new v("format",`the name ${e} is taken already`);this.names.set(e,!1)}addKey(e,{publicKey:t}){let r=`${e} ${Pe(t)}`;if(this.keys.has(r))throw new v("format","its key stands in the policy already");this.keys.add(r)}};function ca(n){let e=ue($e(new TextEncoder().encode(n))).slice(0,32);return e.match(/.{4}/g)?.join(" ")??e}function ha(n){if(n===null)return null;try{return It.parse(new TextEncoder().encode(n))}catch(e){if(!(e instanceof v))throw e;return console.warn(`the pinned policy is not readable: ${e.message}`),null}}function pa(n,e,t){let[r,o]=[ua(n.policy),ua(e.policy)],s=[...o.keys()].filter(a=>!r.has(a)),i=[...o].filter(([a,{key:l}])=>fa(r.get(a),l.publicKey)).map(([a])=>a);return{pinned:ca(n.text),served:ca(e.text),added:s,removed:[...r.keys()].filter(a=>!o.has(a)),rekeyed:i,unnamed:[...s,...i].filter(a=>fa(o.get(a),t(a)??new Uint8Array)),dropped:e.policy==="none"||e.policy.asksForNobody}}function ua(n){return new Map(n==="none"?[]:n.witnesses.map(e=>[e.name,e]))}function fa(n,e){return n!==void 0&&!xe(n.key.publicKey,e)}var Ec=1500,zo={status:{kind:"waiting"},quorum:null,change:null},Br=class{constructor(e,t,r,o,s,i=Ec){this.key=e;this.files=t;this.pin=r;this.named=o;this.show=s;this.pauseMs=i;this.view=zo;this.policyNow="unknown";this.running=null;this.again=!1;this.served=""}get policy(){return this.policyNow}get policyChanged(){return this.view.change!==null}async acceptPolicy(){this.pin.save(this.served),this.view={...this.view,quorum:null},await this.refresh()}refresh(){return this.again=!0,this.running??=this.run().finally(()=>{this.running=null}),this.running}async run(){for(;this.again;)this.again=!1,await this.readOnce(),this.again&&await new Promise(e=>setTimeout(e,this.pauseMs))}async readOnce(){try{let e=await this.readPolicy();this.policyNow=e,e==="none"||e.asksForNobody?this.update({status:{kind:"none"}}):await this.check(e)}catch(e){if(e instanceof ke)this.update({status:{kind:"unreachable",detail:e.message}});else if(e instanceof v)this.update({status:{kind:"failed",detail:e.message}});else if(e instanceof Ae)this.update({status:{kind:"waiting"}});else throw e}}async readPolicy(){let e=await this.readIfThere("policy"),t=e===null?"none":It.parse(e);this.served=e===null?"":St(e,"the policy");let r=this.pin.load(),o=ha(r);if(r===null||o===null||o.asksForNobody)return t!=="none"&&!t.asksForNobody&&this.pin.save(this.served),this.update({change:null}),t;let i=r===this.served?null:pa({text:r,policy:o},{text:this.served,policy:t},this.named);return this.update({change:i}),o}async check(e){let t=await this.files.read("checkpoint"),{size:r}=Ht(t,this.key),{text:o,lines:s}=cn(t),i=await this.readIfThere(`cosignatures/${r}`),a=i===null?s:[...s,...Vi(i)],{times:l,wrong:d,unread:c}=Rr(o,a,e),u=new Set(l.keys()),m=e.metAt(l),h=this.view.quorum;this.update({status:{kind:"checked",size:r,met:m!==null,tally:e.tally(u),wrong:d,unread:c},quorum:m===null||h!==null&&h.size>r?h:{size:r,ms:m*1e3}})}async readIfThere(e){try{return await this.files.read(e)}catch(t){if(t instanceof Ae)return null;throw t}}update(e){this.view={...this.view,...e},this.show(this.view)}};var ma=100,ga=48,Sc=3e4,Vo={connection:{kind:"connecting"},building:null,state:null,stateAt:0,records:null,slots:null,log:Po,witnesses:zo,witnessed:null,mirrors:null,headMs:null,unreadable:null},Or=class{constructor(e){this.changed=e;this.snapshot=Vo;this.watch=null;this.witnesses=null;this.files=new Dn;this.keeper=new Cr("local-vpp.log");this.pin=new Cr("local-vpp.policy");this.stream=new Kn("api/v1/live",{prepare:()=>this.prepare(),opened:()=>this.catchUp(),connection:t=>this.connected(t),state:t=>{this.update({state:t,stateAt:performance.now()}),t.log!==null&&this.hear(t.log,t.mirrors)},records:t=>this.update({records:qo(t,this.snapshot.records??[])}),head:t=>this.follow(t),slot:t=>this.update({slots:Ko([t],this.snapshot.slots??[])}),unreadable:(t,r)=>this.complain(t,r),isFinal:t=>t instanceof je})}start(){this.stream.open()}stop(){this.stream.close(),clearInterval(this.poll)}verifyAll(){this.watch?.refresh(!0)}forgetLog(){this.watch?.forget(),this.pin.forget();let e=this.snapshot.building?.log_key;e!==void 0&&(this.witnesses=this.watchWitnesses(e),this.witnesses.refresh())}acceptPolicy(){this.witnesses?.acceptPolicy()}holds(e){return this.watch?.holds(e.index,e.hash)??null}async known(){if(this.watch===null)return null;let[e,t]=[Ut(this.watch.trustedKey),this.watch];return await this.witnesses?.refresh(),{key:e,policy:this.witnesses?.policy??"unknown",policyChanged:this.witnesses?.policyChanged??!1,keys:t.entries,holds:(r,o)=>t.holds(r,o)}}ask(e,t){return Ts(e,t)}fetchProven(e){let t=`api/v1/records/${e}`;return Promise.all([Zr(t),Zr(`${t}/proof`)])}async prepare(){try{let e=await Fn("api/v1/building",Rs);this.watchLog(e),await this.watch?.refresh(),this.witnesses?.refresh();let{records:t,slots:r}=await this.fetchPast();this.update({records:qo(t,[]),slots:Ko(r,[]),unreadable:null})}catch(e){throw e instanceof je&&this.restrict(),this.complainOf(e)}}async catchUp(){try{let{records:e,slots:t}=await this.fetchPast();this.update({records:qo(this.snapshot.records??[],e),slots:Ko(this.snapshot.slots??[],t)})}catch(e){throw this.complainOf(e)}}async fetchPast(){let[e,t]=await Promise.all([Fn(`api/v1/records?limit=${ma}`,qn),Fn(`api/v1/slots?limit=${ga}`,Ns)]);return{records:e,slots:t}}complainOf(e){return e instanceof Ne&&this.complain("api/v1",e.message),e}watchLog(e){let t=this.snapshot.building?.log_key;if(this.update({building:e}),this.watch!==null&&t===e.log_key)return;let r=o=>this.update({log:o});try{let{name:o}=Ut(e.log_key),s=i=>_r.begin(o,i);this.watch=new Ar(e.log_key,this.files,s,this.keeper,this.snapshot.log,r),this.witnesses=this.watchWitnesses(this.watch.trustedKey)}catch(o){if(!(o instanceof v))throw o;this.watch=null,this.witnesses=null,r({...Po,status:{kind:"failed",code:o.code,index:null,detail:o.message}})}}watchWitnesses(e){let t=s=>this.watch?.entries.witness(s)??null,r=s=>{(this.witnesses===null||this.witnesses===o)&&this.update({witnesses:s})},o=new Br(Ut(e),this.files,this.pin,t,r);return o}restrict(){this.update({connection:{kind:"restricted"}}),clearInterval(this.poll),this.poll=setInterval(()=>{this.watch?.refresh(),this.witnesses?.refresh()},Sc)}connected(e){(e.kind!=="live"||this.snapshot.connection.kind!=="live")&&this.update({connection:e})}follow(e){this.update({headMs:e.time_ms}),this.hear(e,e.mirrors),this.witnesses?.refresh();let t=new TextEncoder().encode(e.checkpoint);this.watch?.follow({note:t,size:e.size,root:e.root})}hear(e,t){let r=this.snapshot.witnessed,{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c}=e;if(this.update({witnessed:{cosigners:o,witnesses:s,needed:i,quorum_size:a,quorum_ms:l,objections:d,unmirrored_ms:c},mirrors:t}),r===null)return;(r.cosigners!==o||r.witnesses!==s||r.quorum_size!==a)&&this.witnesses?.refresh()}complain(e,t){let r=this.snapshot.unreadable;t!==null?(r?.event!==e&&console.warn(`${e}: ${t}`),this.update({unreadable:{event:e,problem:t}})):r?.event===e&&this.update({unreadable:null})}update(e){this.snapshot={...this.snapshot,...e},this.changed(this.snapshot)}};function qo(n,e){return[...new Map([...e,...n].map(r=>[r.index,r])).values()].sort((r,o)=>o.index-r.index).slice(0,ma)}function Ko(n,e){return[...new Map([...e,...n].map(r=>[r.slot,r])).values()].sort((r,o)=>o.slot-r.slot).slice(0,ga)}var Cr=class{constructor(e){this.name=e;this.text=null}load(){try{return localStorage.getItem(this.name)??this.text}catch{return this.text}}save(e){this.text=e;try{localStorage.setItem(this.name,e)}catch{}}forget(){this.text=null;try{localStorage.removeItem(this.name)}catch{}}};var se=ne`
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
`;var pn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t}=this.words,r=this.conflicts.filter(({suspended:o})=>o);return r.length===0&&this.objections.length===0&&!this.nextKeyHere?g:f`<section role="alert" aria-labelledby="heading">
      <h2 id="heading">${t.alarms.heading}</h2>
      <ul>
        ${this.objections.map(o=>this.objection(o))} ${r.map(o=>this.conflict(o))}
        ${this.nextKeyHere?this.nextKey():g}
      </ul>
    </section>`}objection({witness:t,kind:r,size:o}){let{t:s,f:i}=this.words,a=this.names.get(t),l=a===void 0?t.slice(0,16):s.picture.flat(a),d=r==="ahead"&&o!==null?s.alarms.ahead(l,i.number(o)):s.alarms.fork(l);return f`<li data-kind=${r}>
      <strong>${d}</strong>
      <p>${s.alarms.objectionHelp}</p>
    </li>`}nextKey(){let{t}=this.words;return f`<li data-kind="next-key">
      <strong>${t.alarms.nextKey}</strong>
      <p>${t.alarms.nextKeyHelp} <code>next-key.sheet</code></p>
    </li>`}conflict({flat:t,seq:r,seen_ms:o,hash:s}){let{t:i,f:a}=this.words,l=t===null?i.unknown:i.picture.flat(t);return f`<li data-kind="conflict">
      <strong>${i.alarms.conflict(l,String(r),a.moment(o,this.now))}</strong>
      <p>${i.alarms.conflictHelp} <code>${s.slice(0,16)}</code></p>
    </li>`}};pn.properties={conflicts:{attribute:!1},objections:{attribute:!1},nextKeyHere:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},pn.styles=[se,ne`
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
    `];customElements.define("alarm-list",pn);var _c=/^≤ ([0-9.]+) s, sampled each ([0-9.]+) s$/,mn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t,f:r}=this.words,{rollCall:o,safe:s}=t.blackout,i=r.number(this.drill.flats.length);return f`<h3 id="roll-call">${o.heading}</h3>
      <p class="quiet counts">
        ${s(r.number(this.drill.acknowledged),i)}${t.witnesses.comma}${o.inTime(r.number(this.drill.acknowledged_in_time),i)}
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
      </div>`}row(t){let{t:r,f:o}=this.words;return f`<tr data-name=${t.flat} data-stage=${t.stage}>
      <td class="flat">${t.flat}</td>
      <td class="told">${t.notified_ms===null?r.unknown:o.moment(t.notified_ms,this.now)}</td>
      <td class="seen">${this.acknowledged(t)}</td>
      <td class="turn">${this.turn(t)}</td>
    </tr>`}acknowledged(t){let{t:r,f:o}=this.words,{rollCall:s}=r.blackout;if(t.acknowledged_ms===null)return f`<button
        class="tick"
        ?disabled=${this.busy}
        @click=${()=>this.dispatchEvent(new CustomEvent("tick-off",{detail:t.flat}))}
      >
        ${s.tick}
      </button>`;let i=o.lasting((t.acknowledged_after_s??0)*1e3);return f`<span class="good">✓</span> ${s.after(i,t.acknowledged_by??r.unknown)}`}gap(t){let[,r,o]=_c.exec(t)??[];return r===void 0||o===void 0?t:this.words.t.blackout.rollCall.gap(r,o)}turn(t){let{t:r}=this.words,{rollCall:o,reasons:s}=r.blackout,i=t.reasons.map(d=>s[d]??d).join(r.witnesses.comma),a=t.passed===null?g:f`<span class=${t.passed?"good":"bad"}>${t.passed?o.passed:o.failed}</span>`,l=`api/v1/drills/${this.drill.drill}/flats/${encodeURIComponent(t.flat)}/report`;return f`${this.drill.level==="l1"?r.unknown:o.stages[t.stage]} ${a}
    ${i===""?g:f`<span class="reasons quiet">${i}</span>`}
    ${t.words===null?g:f`<span class="words">「${t.words}」</span>`}
    ${t.aborted===null?g:f`<span class="bad">${t.aborted}</span>`}
    ${t.transfer===null?g:f`<span class="quiet">${this.gap(t.transfer)}</span>`}
    ${t.report===null?g:f`<a href=${l} download>${o.report}</a>`}`}};mn.properties={drill:{attribute:!1},now:{attribute:!1},busy:{attribute:!1}},mn.styles=[se,ne`
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
    `];customElements.define("roll-call",mn);var Tc=5e3,Ac=["l1","l2","l3","l4"];function Rc({islanded:n}){return n===null?"unknown":n?"islanded":"connected"}var gn=class extends Z{constructor(){super();this.words=new re(this);this.sure=null,this.refused=null,this.busy=!1}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.timer)}async say(t,r){this.busy=!0,this.refused=null;try{await this.ask(t,r)}catch(o){if(!(o instanceof Zt||o instanceof ke))throw o;this.refused=o.message}finally{this.busy=!1,this.sure=null}}press(t,r){if(this.sure===t){clearTimeout(this.timer),this.say(r,{});return}this.sure=t,clearTimeout(this.timer),this.timer=setTimeout(()=>{this.sure=null},Tc)}plan(t){t.preventDefault();let r=new FormData(t.target),o=s=>Math.round(Number(r.get(s))*60);this.say("api/v1/drills",{level:String(r.get("level")),length_s:o("length"),notice_s:o("notice")})}render(){let{t,f:r}=this.words,{blackout:o}=this;if(o===null)return g;let{drill:s}=o,i=s!==null&&(s.stage==="announced"||s.stage==="running");return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.blackout.heading}</h2>
      <dl class="top">
        <div>
          <dt>${t.blackout.grid}</dt>
          <dd class="grid" data-grid=${o.grid}>${t.blackout.grids[o.grid]??o.grid}</dd>
        </div>
        <div>
          <dt>${t.blackout.islanded}</dt>
          <dd class="islanded">${r.number(o.islanded)}</dd>
        </div>
        <div>
          <dt>${t.blackout.connected}</dt>
          <dd class="connected">${r.number(o.connected)}</dd>
        </div>
        <div>
          <dt>${t.blackout.unknownFlats}</dt>
          <dd class="unknown">${r.number(o.unknown)}</dd>
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
    </section>`}chip(t,r){let{t:o}=this.words,s=Rc(t),a=r?.flats.find(d=>d.flat===t.flat)?.acknowledged_ms!=null,l=[o.picture.flat(t.flat),o.blackout.flatStates[s],...a?[o.blackout.isSafe]:[]];return f`<li data-stand=${s} data-name=${t.flat} title=${l.join(", ")}>
      ${t.flat}${a?" ✓":""}<span class="unseen">${l.slice(1).join(", ")}</span>
    </li>`}form(){let{t}=this.words,{plan:r}=t.blackout;return f`<h3>${r.heading}</h3>
      <form class="plan" @submit=${o=>this.plan(o)}>
        <label
          >${r.level}<select name="level">
            ${Ac.map(o=>f`<option value=${o}>${r.levels[o]}</option>`)}
          </select></label
        >
        <label>${r.length}<input name="length" type="number" min="1" max="60" value="5" required /></label>
        <label>${r.notice}<input name="notice" type="number" min="0" max="60" value="10" required /></label>
        <button type="submit" ?disabled=${this.busy}>${r.submit}</button>
      </form>`}drill(t){let{t:r,f:o}=this.words,{blackout:s}=r;return f`<div class="drill" data-stage=${t.stage} data-level=${t.level}>
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
    </div>`}planned(t){let{t:r,f:o}=this.words,{plan:s}=r.blackout;return f`<p>
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
      </div>`}held(t){let{t:r,f:o}=this.words,{blackout:s}=r,i=(...a)=>o.number(t.flats.filter(l=>a.includes(l.stage)).length);return t.announced_ms===null?g:f`${t.level==="l1"?g:f`<p class="counts">${s.counts(i("home"),i("called","out"),i("refused"),i("waiting"))}</p>
            <p class="quiet measured">
              ${s.measured(o.number(t.most_seen),o.number(t.most),o.power(t.demand_seen_w),o.power(t.limit_w))}
            </p>`}
    ${t.stage==="ended"?this.reports(t):g}`}reports(t){let{blackout:r}=this.words.t,o=`api/v1/drills/${t.drill}/report`;return f`<p class="reports">
        <a class="report" href=${o} download>${r.report}</a>
        ${["ja","en"].map(s=>f`<a class="sheet" href="${o}.pdf?language=${s}" download
              >${r.sheet(r.languages[s]??s)}</a
            > `)}
      </p>
      ${t.record===null?g:f`<p class="quiet logged">${r.logged}</p>`}`}async tickOff(t,r){let o=`api/v1/drills/${t.drill}/flats/${encodeURIComponent(r)}/acknowledge`;await this.say(o,{who:this.words.t.blackout.rollCall.manager})}};gn.properties={blackout:{attribute:!1},flats:{attribute:!1},now:{attribute:!1},ask:{attribute:!1},sure:{state:!0},refused:{state:!0},busy:{state:!0}},gn.styles=[se,ne`
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
    `];customElements.define("blackout-panel",gn);function ze(n){let e=n.filter(t=>t!==null);return{known:e.length===0?null:e.reduce((t,r)=>t+r,0),partial:e.length<n.length}}function ya(n){return n.grid_w===null||n.pv_w===null||n.battery_w===null?null:n.grid_w+n.pv_w+n.battery_w}function wa({building:n,flats:e}){let t=e.map(s=>s.grid_w),r=ze(t.map(s=>s===null?null:Math.max(0,s))),o=ze(t.map(s=>s===null?null:Math.max(0,-s)));return{bulk:n.bulk_w,common:n.common_w,frequency:n.frequency_hz,pv:ze(e.map(s=>s.pv_w)),battery:ze(e.map(s=>s.battery_w)),taken:r,given:o,shared:{known:r.known===null||o.known===null?null:Math.min(r.known,o.known),partial:r.partial},online:e.filter(s=>s.online).length,islanded:e.filter(s=>s.islanded===!0).length,flats:e.length}}function ba(n){let e=0,t=0;for(let r of n.flats){let o=Math.min(r.import_wh,r.export_wh);e+=r.import_wh-o-r.shared_in_wh,t+=r.export_wh-o-r.shared_out_wh}return{shared:n.shared_wh,fromGrid:e,surplus:t}}function xa(n){let e=n.flats.filter(r=>r.shared_in_wh>0),t=e.reduce((r,o)=>r+o.shared_in_wh,0);return t===0?null:-e.reduce((r,o)=>r+o.inside_money,0)/t}var yn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t,f:r}=this.words;if(this.state===null)return f`<section>
        <h2>${t.now.heading}</h2>
        <p class="quiet">${t.loading}</p>
      </section>`;let o=wa(this.state),{latency_ms:s}=this.state,i=va(o.bulk),a={take:t.now.importing,give:t.now.exporting,none:t.now.balanced,unknown:t.now.bulk},l=va(o.battery.known),d={take:t.now.discharging,give:t.now.charging,none:"",unknown:""}[l];return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.now.heading}</h2>
      <div class="first">
        <div>
          <p class="quiet">${a[i]}</p>
          <p class="big ${i}" data-value="bulk">${r.power(o.bulk)}</p>
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
          <dd>${r.power(o.common)}</dd>
        </div>
        <div>
          <dt>${t.now.frequency}</dt>
          <dd>${r.frequency(o.frequency)}</dd>
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
              >${s===null?t.unknown:t.now.latencyValues(r.milliseconds(s.p50),r.milliseconds(s.p99))}</small
            >
          </dd>
        </div>
      </dl>
      ${this.progress()}
    </section>`}atLeast({known:t,partial:r}){let{t:o,f:s}=this.words;return t!==null&&r?o.now.atLeast(s.power(t)):s.power(t)}sum(t,{known:r,partial:o},s=""){let{t:i,f:a}=this.words,l=r!==null&&o?f`<br /><small>${i.now.partial}</small>`:g;return f`<div>
      <dt>${t}</dt>
      <dd>${a.power(r)} <small>${r===null?g:s}</small>${l}</dd>
    </div>`}progress(){let{t,f:r}=this.words;if(this.slotSeconds===null||this.slotSeconds===0||this.serverNow===null)return g;let o=this.slotSeconds*1e3,s=Math.floor(this.serverNow/o)*o,i=this.serverNow-s,a=Math.ceil((o-i)/1e3),l=t.duration(Math.floor(a/60),String(a%60).padStart(2,"0"));return f`<div class="slot">
      <div>
        <span>${t.now.slot} ${r.slot(s/1e3,this.slotSeconds,this.serverNow)}</span>
        <span class="quiet">${t.now.slotEnds(l)}</span>
      </div>
      <progress max="1" .value=${i/o} aria-label=${t.now.slot}></progress>
    </div>`}};yn.properties={state:{attribute:!1},slotSeconds:{attribute:!1},serverNow:{attribute:!1}},yn.styles=[se,ne`
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
    `];function va(n){return n===null?"unknown":n>0?"take":n<0?"give":"none"}customElements.define("building-now",yn);var wn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{kind:t}=this.connection;return f`<div class=${t} data-kind=${t}>
      <i></i><span aria-hidden="true">${this.text(!0)}</span>
      <span class="unseen" role="status">${this.text(!1)}</span>
    </div>`}text(t){let{t:r}=this.words;switch(this.connection.kind){case"connecting":return r.connection.connecting;case"live":return r.connection.live;case"restricted":return r.connection.restricted;case"lost":{let o=Math.ceil((this.connection.retryAt-this.clock)/1e3);return t&&o>0?r.connection.lost(o):r.connection.retrying}}}};wn.properties={connection:{attribute:!1},clock:{attribute:!1}},wn.styles=[se,ne`
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
    `];customElements.define("connection-state",wn);var $a={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},ka=n=>(...e)=>({_$litDirective$:n,values:e}),Mr=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,r){this._$Ct=e,this._$AM=t,this._$Ci=r}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:Bc}=bs,Ea=n=>n;var Sa=()=>document.createComment(""),Dt=(n,e,t)=>{let r=n._$AA.parentNode,o=e===void 0?n._$AB:e._$AA;if(t===void 0){let s=r.insertBefore(Sa(),o),i=r.insertBefore(Sa(),o);t=new Bc(s,i,n,n.options)}else{let s=t._$AB.nextSibling,i=t._$AM,a=i!==n;if(a){let l;t._$AQ?.(n),t._$AM=n,t._$AP!==void 0&&(l=n._$AU)!==i._$AU&&t._$AP(l)}if(s!==o||a){let l=t._$AA;for(;l!==s;){let d=Ea(l).nextSibling;Ea(r).insertBefore(l,o),l=d}}}return t},at=(n,e,t=n)=>(n._$AI(e,t),n),Oc={},_a=(n,e=Oc)=>n._$AH=e,Ta=n=>n._$AH,Nr=n=>{n._$AR(),n._$AA.remove()};var Aa=(n,e,t)=>{let r=new Map;for(let o=e;o<=t;o++)r.set(n[o],o);return r},bn=ka(class extends Mr{constructor(n){if(super(n),n.type!==$a.CHILD)throw Error("repeat() can only be used in text expressions")}dt(n,e,t){let r;t===void 0?t=e:e!==void 0&&(r=e);let o=[],s=[],i=0;for(let a of n)o[i]=r?r(a,i):i,s[i]=t(a,i),i++;return{values:s,keys:o}}render(n,e,t){return this.dt(n,e,t).values}update(n,[e,t,r]){let o=Ta(n),{values:s,keys:i}=this.dt(e,t,r);if(!Array.isArray(o))return this.ut=i,s;let a=this.ut??=[],l=[],d,c,u=0,m=o.length-1,h=0,x=s.length-1;for(;u<=m&&h<=x;)if(o[u]===null)u++;else if(o[m]===null)m--;else if(a[u]===i[h])l[h]=at(o[u],s[h]),u++,h++;else if(a[m]===i[x])l[x]=at(o[m],s[x]),m--,x--;else if(a[u]===i[x])l[x]=at(o[u],s[x]),Dt(n,l[x+1],o[u]),u++,x--;else if(a[m]===i[h])l[h]=at(o[m],s[h]),Dt(n,o[u],o[m]),m--,h++;else if(d===void 0&&(d=Aa(i,h,x),c=Aa(a,u,m)),d.has(a[u]))if(d.has(a[m])){let w=c.get(i[h]),k=w!==void 0?o[w]:null;if(k===null){let N=Dt(n,o[u]);at(N,s[h]),l[h]=N}else l[h]=at(k,s[h]),Dt(n,o[u],k),o[w]=null;h++}else Nr(o[m]),m--;else Nr(o[u]),u++;for(;h<=x;){let w=Dt(n,l[x+1]);at(w,s[h]),l[h++]=w}for(;u<=m;){let w=o[u++];w!==null&&Nr(w)}return this.ut=i,_a(n,l),Ve}});var Cc=24,Mc=40,Nc=620,Lc={large:{riserX:42,firstX:58,tileWidth:86,widest:178,tileHeight:80,commonHeight:34,gap:8,drop:15},medium:{riserX:40,firstX:54,tileWidth:70,widest:100,tileHeight:58,commonHeight:34,gap:6,drop:12},small:{riserX:32,firstX:43,tileWidth:46,widest:74,tileHeight:43,commonHeight:30,gap:5,drop:10}},Ft=6;function Uc(n){let e=/(\d{1,2})\d{2}\D?$/.exec(n)?.[1];return e===void 0?null:Number(e)}function Ra(n,e){let t=Ic(n.flats.length,e),r=Lc[t],{riserX:o,firstX:s}=r,i=Pc(n.flats),a=Math.max(e-s-Ft,r.tileWidth),l=Math.max(1,Math.floor((a+r.gap)/(r.tileWidth+r.gap))),d=Math.max(1,...i.map(({flats:H})=>H.length)),c=Math.ceil(d/Math.ceil(d/l)),u=Math.min(r.widest,Math.floor((a+r.gap)/c-r.gap)),m=[],h=[],x=[],w=[],k=Ft,N=(H,X,z)=>{let Y=k+z+r.drop;X.forEach(({flat:_,watt:D},F)=>{let M=s+F*(u+r.gap),te=Math.round(M+u/2);m.push({x:M,y:k,width:u,height:z,flat:_});let ie=F===0?o:Math.round(te-u-r.gap),E=ze(X.slice(F).map($=>$.watt));h.push({key:`bus ${H} ${F}`,x1:ie,y1:Y,x2:te,y2:Y,power:E});let p=ze([D]),y=k+z;h.push({key:`drop ${H} ${F}`,x1:te,y1:Y,x2:te,y2:y,power:p})}),w.push({y:Y,power:ze(X.map(_=>_.watt)),name:H}),k=Y+r.gap+4};for(let{floor:H,flats:X}of i){x.push({x:o-10,y:k+Math.min(r.tileHeight/2,20),floor:H});for(let z=0;z<X.length;z+=c){let Y=X.slice(z,z+c).map(_=>({flat:_,watt:_.grid_w}));N(`${H??"?"}/${z}`,Y,r.tileHeight)}}k+=2,N("common",[{flat:null,watt:n.building.common_w}],r.commonHeight);let R=k+4,b=Math.min(168,Math.floor((e-Ft*2-40)/2)),S={x:Ft,y:R+14,width:b,height:58},C=Math.max(40,Math.min(140,e-Ft*2-b*2)),K={x:S.x+b+C,y:S.y,width:b,height:S.height};h.push(...Hc(w,o,S.y));let W=S.y+S.height/2,q=ze([n.building.bulk_w]);h.push({key:"bulk",x1:K.x,y1:W,x2:S.x+S.width,y2:W,power:q});let U=S.y+S.height+Ft;return{width:e,height:U,size:t,tiles:m,lines:h,floors:x,groundY:R,meter:S,grid:K}}function Hc(n,e,t){return n.map(({y:r,name:o},s)=>{let i=n.slice(0,s+1).map(d=>d.power),l={known:ze(i.map(d=>d.known)).known,partial:i.some(d=>d.partial)};return{key:`riser ${o}`,x1:e,y1:n[s+1]?.y??t,x2:e,y2:r,power:l}})}function Pc(n){let e=new Map;for(let r of n){let o=Uc(r.flat),s=e.get(o);s===void 0?e.set(o,[r]):s.push(r)}let t=new Intl.Collator("en",{numeric:!0});return[...e].map(([r,o])=>({floor:r,flats:o.sort((s,i)=>t.compare(s.flat,i.flat))})).sort((r,o)=>(o.floor??-1)-(r.floor??-1))}function Ba(n,e){return e<=0?1.5:1.5+7.5*Math.sqrt(Math.min(1,Math.abs(n)/e))}function Ic(n,e){return n>Cc&&e<Nc?"small":n>Mc?"medium":"large"}function jo(n,{t:e,f:t}){let r=[e.picture.flat(n.flat)];return n.online||r.push(e.picture.offline),n.islanded===!0&&r.push(e.flat.islanded),r.push(n.grid_w===null?`${e.flat.grid} ${e.unknown}`:`${Wo(n.grid_w,e)} ${t.power(n.grid_w)}`),n.pv_w!==null&&r.push(`${e.flat.pv} ${t.power(n.pv_w)}`),n.battery_w!==null&&r.push(`${e.flat.battery} ${Yo(n.battery_w,e)} ${t.power(n.battery_w)}`),n.soc!==null&&r.push(`${e.flat.soc} ${t.percent(n.soc)}`),r.join(", ")}function Wo(n,e){return n>0?e.picture.buying:n<0?e.picture.selling:e.picture.idle}function Yo(n,e){return n>0?e.now.discharging:n<0?e.now.charging:""}function Oa(n,e,t,r){let{x:o,y:s,width:i,height:a}=n,l={large:Dc,medium:Fc,small:zc}[t],[d,c,u]=t==="small"?[o+i-5.5,s+6.5,3]:[o+i-12,s+14,4];return he`
    <title>${jo(e,r)}</title>
    <rect class="tile" x=${o} y=${s} width=${i} height=${a} rx=${t==="small"?7:9} />
    ${l(n,e,r)} ${qc(e,d,c,u)}
  `}function Dc({x:n,y:e,width:t},r,{t:o,f:s}){let i=n+9,a=e+56;return he`
    <text class="name" x=${i} y=${e+18}>${r.flat}</text>
    ${r.islanded===!0?he`<text class="island" x=${n+t-22} y=${e+18}>${o.picture.islanded}</text>`:g}
    ${Ca(r.grid_w,i+4,e+33)}
    <text class="watt" x=${i+13} y=${e+38}>${s.power(r.grid_w)}</text>
    ${Ma(i+5,a-4,r.pv_w)}
    <text class="small" x=${i+14} y=${a}>${s.power(r.pv_w)}</text>
    ${Kc(i,a+7,r.soc)}
    <text class="small" x=${i+14} y=${a+16}>${s.percent(r.soc)}</text>
    <text class="small end ${r.battery_w===null?"":"battery"}" x=${n+t-9} y=${a+16}>${Vc(r.battery_w,s)}</text>
  `}function Fc({x:n,y:e,width:t,height:r},o,{f:s}){let i=n+8;return he`
    <text class="name" x=${i} y=${e+17}>${o.flat}</text>
    ${Ca(o.grid_w,i+4,e+28)}
    <text class="watt" x=${i+12} y=${e+33}>${s.power(o.grid_w)}</text>
    ${Ma(i+5,e+43,o.pv_w)}
    <text class="small" x=${i+13} y=${e+47}>${s.power(o.pv_w)}</text>
    ${Na(i,e+r-7,t-16,o.soc)}
  `}function zc({x:n,y:e,width:t,height:r},o,{f:s}){return he`
    <text class="name" x=${n+5} y=${e+14}>${o.flat}</text>
    <text class="watt middle ${xn(o.grid_w)}" x=${n+t/2} y=${e+29}>
      ${s.shortPower(o.grid_w)}
    </text>
    ${Na(n+6,e+r-8,t-12,o.soc)}
  `}function qc(n,e,t,r){let o=n.islanded===!0?"island":n.online?"online":"offline";return he`<circle class="mark ${o}" cx=${e} cy=${t} r=${r} />
    ${o==="offline"?he`<path class="mark offline" d="M${e-r-1} ${t+r+1}l${2*r+2} ${-2*r-2}" />`:g}`}function Ca(n,e,t){if(n===null||n===0)return g;let r=n>0?`M${e-4.5} ${t-4}h9l-4.5 8z`:`M${e-4.5} ${t+4}h9l-4.5 -8z`;return he`<path class="arrow ${xn(n)}" d=${r} />`}function Ma(n,e,t){let r=t===null?"unknown":"",o=Array.from({length:8},(s,i)=>{let[a,l]=[Math.cos(i*Math.PI/4),Math.sin(i*Math.PI/4)];return`M${[3.6,5.4].map(c=>`${(n+a*c).toFixed(2)} ${(e+l*c).toFixed(2)}`).join("L")}`});return he`<circle class="sun ${r}" cx=${n} cy=${e} r="2.4" /><path class="rays ${r}" d=${o.join("")} />`}function Kc(n,e,t){let r=t===null?0:Math.max(0,Math.min(1,t/100))*7;return he`
    <rect class="cell" x=${n+1.5} y=${e} width="7" height="10.5" rx="1.6" />
    <rect class="charge" x=${n+3} y=${e+1.75+(7-r)} width="4" height=${r} />
  `}function Vc(n,e){return n===null||n===0?e.power(n):`${n>0?"−":"+"}${e.power(n)}`}function Na(n,e,t,r){if(r===null)return g;let o=Math.max(0,Math.min(1,r/100))*t;return he`<rect class="track" x=${n} y=${e} width=${t} height="3.5" rx="1.7" />
    <rect class="charge" x=${n} y=${e} width=${o.toFixed(1)} height="3.5" rx="1.7" />`}function xn(n){return n===null?"unknown":n>0?"take":n<0?"give":"none"}var La=ne`
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
`;var vn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t,f:r}=this.words,{flat:o}=this,s=o.grid_w===null?"":Wo(o.grid_w,t),i=o.battery_w===null?"":Yo(o.battery_w,t),a=o.age_ms===null?null:o.age_ms+this.silentMs;return f`
      <header>
        <h3>${t.picture.flat(o.flat)}</h3>
        <button @click=${()=>this.dispatchEvent(new Event("close"))}>${t.flat.close}</button>
      </header>
      <dl>
        ${this.pair(t.flat.state,o.islanded===!0?t.flat.islanded:o.online?t.flat.online:t.flat.offline)}
        ${this.pair(t.flat.age,r.age(a))} ${this.pair(t.flat.grid,`${r.power(o.grid_w)} ${s}`)}
        ${this.pair(t.flat.load,r.power(ya(o)))} ${this.pair(t.flat.pv,r.power(o.pv_w))}
        ${this.pair(t.flat.battery,`${r.power(o.battery_w)} ${i}`)}
        ${this.pair(t.flat.soc,r.percent(o.soc))} ${this.pair(t.flat.frequency,r.frequency(o.frequency_hz))}
        ${this.pair(t.flat.registers,`${this.register(o.import_wh)} / ${this.register(o.export_wh)}`)}
        <div class="wide">
          <dt>${t.flat.fingerprint}</dt>
          <dd><code>${o.fingerprint??t.flat.notEnrolled}</code></dd>
        </div>
      </dl>
      ${this.settled()}
    `}settled(){let{t,f:r}=this.words,o=this.lastSlot;if(o===null)return g;let s=o.flats.find(({flat:i})=>i===this.flat.flat);return f`
      <h4>${t.flat.lastSlot(r.slot(o.slot,o.seconds,this.serverNow))}</h4>
      ${s===void 0?f`<p class="quiet">${t.flat.notInSlot}</p>`:f`<dl>
              ${this.pair(t.flat.imported,r.energy(s.import_wh))}
              ${this.pair(t.flat.exported,r.energy(s.export_wh))}
              ${this.pair(t.flat.sharedIn,r.energy(s.shared_in_wh))}
              ${this.pair(t.flat.sharedOut,r.energy(s.shared_out_wh))}
              ${this.pair(t.flat.insideMoney,r.money(s.inside_money))}
              ${this.pair(t.flat.gridMoney,r.money(s.grid_money))}
            </dl>`}
    `}register(t){let{t:r,f:o}=this.words;return t===null?r.unknown:`${o.number(t/1e3,3)} kWh`}pair(t,r){return f`<div>
      <dt>${t}</dt>
      <dd>${r}</dd>
    </div>`}};vn.properties={flat:{attribute:!1},lastSlot:{attribute:!1},silentMs:{attribute:!1},serverNow:{attribute:!1}},vn.styles=[se,ne`
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
    `];customElements.define("flat-detail",vn);var jc=5,Wc=2e3,Yc=240,$n=class extends Z{constructor(){super();this.words=new re(this);this.observer=new ResizeObserver(([t])=>{t!==void 0&&(this.width=Math.floor(t.contentRect.width))});this.width=0,this.chosen=null}firstUpdated(){let t=this.renderRoot.querySelector(".frame");t!==null&&this.observer.observe(t)}disconnectedCallback(){super.disconnectedCallback(),this.observer.disconnect()}render(){let{t}=this.words;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.picture.heading}</h2>
      <div class="frame">
        ${this.state===null?f`<p class="quiet">${t.loading}</p>`:this.width===0?g:this.picture(this.state,Ra(this.state,Math.max(this.width,Yc)))}
      </div>
      ${this.state===null?g:f`${this.legend()}${this.detail(this.state)}`}
    </section>`}picture(t,r){let{t:o}=this.words,{width:s,height:i,lines:a,tiles:l,floors:d,groundY:c}=r,u=Math.max(Wc,...a.map(({power:m})=>Math.abs(m.known??0)));return f`
      <svg
        class=${r.size}
        viewBox="0 0 ${s} ${i}"
        width=${s}
        height=${i}
        role="group"
        aria-label=${o.picture.label(t.flats.length)}
      >
        <rect class="earth" x="0" y=${c} width=${s} height=${i-c} rx="10" />
        <g aria-hidden="true">
          ${bn(a,({key:m})=>m,m=>Gc(m,u))}
        </g>
        <g aria-hidden="true">
          ${d.map(({floor:m,x:h,y:x})=>m===null?g:he`<text class="floor" x=${h} y=${x+4}>${o.picture.floor(m)}</text>`)}
        </g>
        <g role="list">
          ${bn(l,({flat:m})=>m?.flat??"",m=>this.tile(m,r.size,t))}
        </g>
        ${this.bulk(r,t)}
      </svg>
    `}tile(t,r,o){let{flat:s}=t;if(s===null)return this.commonTile(t,r,o);let i=s.islanded===!0?"islanded":s.online?"online":"offline";return he`<g role="listitem"><g
      role="button"
      tabindex="0"
      class="flat ${i} ${s.flat===this.chosen?"chosen":""}"
      data-flat=${s.flat}
      data-kind=${i}
      data-watt=${s.grid_w??"unknown"}
      aria-label=${jo(s,this.words)}
      aria-expanded=${s.flat===this.chosen?"true":"false"}
      @click=${()=>this.choose(s)}
      @keydown=${a=>this.chooseByKey(a,s)}
    >${Oa(t,s,r,this.words)}</g></g>`}commonTile({x:t,y:r,width:o,height:s},i,a){let{t:l,f:d}=this.words,c=d.power(a.building.common_w),u=t+(i==="small"?6:9),m=i==="large"?[r+22,t+o-9,r+22]:[r+14,u,r+s-5];return he`<g role="listitem" aria-label="${l.picture.common} ${c}" class="common ${i==="large"&&o<124?"tight":""}">
      <rect class="tile" x=${t} y=${r} width=${o} height=${s} rx="9" />
      <text class="name" x=${u} y=${m[0]}>${l.picture.common}</text>
      <text class="watt ${i==="large"?"end":""}" x=${m[1]} y=${m[2]}>${c}</text>
    </g>`}bulk({meter:t,grid:r},o){let{t:s,f:i}=this.words,a=o.building.bulk_w,l=a===null?"":a>0?s.now.importing:a<0?s.now.exporting:s.now.balanced,d=`M${r.x+22} ${r.y+47}l7 -34l7 34M${r.x+20} ${r.y+20}h18M${r.x+22} ${r.y+28}h14M${r.x+25} ${r.y+33}l9 8M${r.x+33} ${r.y+33}l-9 8`;return he`
      <g role="img" aria-label="${s.picture.meter} ${l} ${i.power(a)}" class="node" data-node="meter">
        <rect class="tile" x=${t.x} y=${t.y} width=${t.width} height=${t.height} rx="10" />
        <text class="small" x=${t.x+12} y=${t.y+21}>${s.picture.meter}</text>
        <text class="watt ${xn(a)}" x=${t.x+12} y=${t.y+45}>${i.power(a)}</text>
      </g>
      <g role="img" aria-label=${s.picture.grid} class="node" data-node="grid">
        <rect class="tile" x=${r.x} y=${r.y} width=${r.width} height=${r.height} rx="10" />
        <path class="pylon" d=${d} />
        <text class="name" x=${r.x+50} y=${r.y+26}>${s.picture.grid}</text>
        <text class="small" x=${r.x+50} y=${r.y+44}>${i.frequency(o.building.frequency_hz)}</text>
      </g>
    `}legend(){let{t}=this.words;return f`<ul class="legend">
      <li><i class="take"></i>${t.picture.legendIn}</li>
      <li><i class="give"></i>${t.picture.legendOut}</li>
      <li><i class="unknown"></i>${t.picture.legendUnknown}</li>
      <li>${t.picture.legendWidth}</li>
      ${this.stale?f`<li class="warn">${t.connection.stale}</li>`:f`<li>${t.picture.choose}</li>`}
    </ul>`}detail(t){let r=t.flats.find(o=>o.flat===this.chosen);return r===void 0?g:f`<flat-detail
      .flat=${r}
      .lastSlot=${this.slots?.[0]??null}
      .silentMs=${this.silentMs}
      .serverNow=${t.time_ms}
      @close=${()=>this.choose(r)}
    ></flat-detail>`}choose(t){this.chosen=this.chosen===t.flat?null:t.flat,this.chosen!==null&&this.updateComplete.then(()=>{this.renderRoot.querySelector("flat-detail")?.scrollIntoView({block:"nearest"})})}chooseByKey(t,r){t.key!=="Enter"&&t.key!==" "||(t.preventDefault(),this.choose(r))}};$n.properties={state:{attribute:!1},slots:{attribute:!1},stale:{type:Boolean,reflect:!0},silentMs:{attribute:!1},width:{state:!0},chosen:{state:!0}},$n.styles=[se,La];function Gc({x1:n,y1:e,x2:t,y2:r,power:o},s){let i=o.known,a=i===null?1.5:Ba(i,s),l=`${xn(i)}${o.partial?" partial":""}`,d=`M${n} ${e}L${t} ${r}`,c=i!==null&&Math.abs(i)>=jc;return he`<path class="line ${l}" d=${d} stroke-width=${a.toFixed(1)} />
    ${c?he`<path class="flow ${l}" d=${d} stroke-width=${Math.max(1.6,a*.5).toFixed(1)} />`:g}`}customElements.define("flow-picture",$n);var Zc=6e4,Xc=6e5;function Ha(n,e,t,r){let{status:o}=n,s=o.kind==="checked",i=Qc(n.quorum,e);return{flats:s?o.tally.find(({group:a})=>a===Fo)??null:Ua(e),others:s?o.tally.filter(({group:a})=>a!==Fo):[],verifiedHere:s,quorum:i,warning:o.kind==="none"||!s&&Ua(e)===null?null:Jc(i,t,r)}}function Ua(n){return n===null||n.cosigners===null||n.witnesses===null||n.needed===null||n.needed===0?null:{signed:n.cosigners,members:n.witnesses,needed:n.needed}}function Qc(n,e){let{quorum_size:t=null,quorum_ms:r=null}=e??{};return t!==null&&r!==null&&t>(n?.size??0)?{size:t,ms:r,verifiedHere:!1}:n===null?null:{...n,verifiedHere:!0}}function Jc(n,e,t){return e.size===null||e.ageMs===null||e.size<=(n?.size??0)||e.ageMs<=Zc?null:n!==null&&t-n.ms>Xc?"old":"waits"}var eu=6e4,kn=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t}=this.words,r=Ha(this.view,this.told,this.head,this.now),{mirrors:o}=this,{change:s}=this.view,i=r.verifiedHere&&r.quorum?.verifiedHere!==!1;return f`<h3>${t.witnesses.heading} ${i&&this.anybody(r)?this.mark():g}</h3>
      ${s===null?g:this.changed(s)}
      <div class="witnesses" data-kind=${this.view.status.kind}>${this.witnesses(r,!i)}</div>
      ${o===null?g:f`<h3>${t.witnesses.copies}</h3>
              ${this.unmirrored()}
              <div class="copies">${this.copies(o)}</div>`}`}anybody({flats:t,others:r}){return t!==null||r.length>0}mark(){return f`<span class="here">✓ ${this.words.t.witnesses.here}</span>`}witnesses(t,r){let{t:o}=this.words,{status:s}=this.view;return s.kind==="none"||s.kind==="waiting"&&!this.anybody(t)?f`<p class="quiet">${s.kind==="none"?o.witnesses.none:o.loading}</p>`:f`${this.signed(t,r)} ${this.quorum(t,r)} ${this.troubles(t)}`}changed(t){let{t:r}=this.words,{pinned:o,served:s,added:i,removed:a,rekeyed:l,unnamed:d,dropped:c}=t,u=[[r.witnesses.added,i],[r.witnesses.removed,a],[r.witnesses.rekeyed,l]];return f`<div class="changed ${d.length>0||c?"wrong":"warning"}" role="alert">
      <p><strong>${r.witnesses.changed}</strong></p>
      <p>${r.witnesses.changedHelp}</p>
      <dl>
        <dt>${r.witnesses.pinned}</dt>
        <dd><code>${o}</code></dd>
        <dt>${r.witnesses.served}</dt>
        <dd><code>${s}</code></dd>
        ${u.map(([m,h])=>h.length===0?g:f`<dt>${m}</dt>
                <dd>${this.named(h)}</dd>`)}
      </dl>
      ${c?f`<p>${r.witnesses.dropped}</p>`:g}
      ${i.length+l.length===0?g:f`<p>${d.length===0?r.witnesses.allNamed:r.witnesses.unnamed(this.named(d))}</p>`}
      <button class="accept" @click=${()=>this.dispatchEvent(new Event("accept-policy"))}>
        ${r.witnesses.accept}
      </button>
    </div>`}signed({flats:t,others:r,verifiedHere:o},s){let{t:i,f:a}=this.words,l=o&&s?this.mark():g,d=r.map(({signed:h,members:x,needed:w})=>f`<p class="outside">
          ${i.witnesses.outside(a.number(h),a.number(x),a.number(w))} ${l}
        </p>`);if(t===null)return f`${d}`;let{signed:c,members:u,needed:m}=t;return f`<p class="flats" data-here=${o}>
        ${i.witnesses.flats(a.number(c),a.number(u),a.number(m))} ${l}
      </p>
      ${d}`}quorum({quorum:t},r){let{t:o,f:s}=this.words;if(t===null)return f`<p class="quorum quiet">${o.witnesses.noQuorum}</p>`;let i=t.verifiedHere&&r?this.mark():g;return f`<p class="quorum" data-here=${t.verifiedHere}>
      ${o.witnesses.quorum(s.moment(t.ms,this.now),s.number(t.size))} ${i}
    </p>`}troubles({warning:t,quorum:r}){let{t:o,f:s}=this.words,{status:i}=this.view,a=s.lasting(this.head.ageMs??0);return f`${i.kind==="checked"&&i.wrong.length>0?f`<p class="wrong" role="alert">${o.witnesses.wrong(this.named(i.wrong))}</p>`:g}
    ${t===null?g:f`<p class="warning" data-kind=${t} role="status">
            ${t==="old"&&r!==null?o.witnesses.old(s.moment(r.ms,this.now),a):o.witnesses.waits(a)}
          </p>`}
    ${i.kind==="checked"&&i.unread.length>0?f`<p class="quiet">${o.witnesses.unread(this.named(i.unread))}</p>`:g}
    ${i.kind==="unreachable"||i.kind==="failed"?f`<p class="warning" data-kind=${i.kind}>${o.witnesses[i.kind]}</p>
            <details>
              <summary>${o.log.detail}</summary>
              <p>${i.detail}</p>
            </details>`:g}`}unmirrored(){let{t,f:r}=this.words,o=this.told?.unmirrored_ms??null;return o===null||this.now-o<eu?g:f`<p class="warning unmirrored" role="status">${t.witnesses.unmirrored(r.lasting(this.now-o))}</p>`}copies(t){let{t:r,f:o}=this.words;if(t.length===0)return f`<p class="quiet">${r.witnesses.noCopies}</p>`;let s=Math.max(this.head.size??0,...t.map(({size:a})=>a)),i=t.filter(({size:a})=>a===s).length;return f`<p>${r.witnesses.copiesHeld(o.number(t.length),o.number(i),o.number(s))}</p>
      <ul>
        ${t.map(({flat:a,size:l,signed_ms:d})=>f`<li class=${l===s?"":"behind"} title=${o.age(this.now-d)}>
              ${a===null?r.unknown:r.picture.flat(a)}${l===s?" ✓":`${r.witnesses.behind(o.number(s-l))}`}
            </li>`)}
      </ul>`}named(t){let{t:r}=this.words;return t.map(o=>{let s=this.names.get(o);return s===void 0?o.slice(0,16):r.picture.flat(s)}).join(r.witnesses.comma)}};kn.properties={view:{attribute:!1},told:{attribute:!1},mirrors:{attribute:!1},head:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},kn.styles=[se,ne`
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
    `];customElements.define("witness-panel",kn);var En=class extends Z{constructor(){super(...arguments);this.words=new re(this)}render(){let{t,f:r}=this.words,{status:o,head:s,failures:i,lastFailure:a}=this.log;return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.log.heading}</h2>
      <p class="quiet">${t.log.explanation}</p>
      <div class="state ${o.kind}" data-kind=${o.kind} role="status">${this.status()}</div>
      ${i>0&&o.kind!=="failed"&&a!==null?f`<p class="before">${t.log.failedBefore(i,r.time(a))}</p>`:g}
      <dl>
        <dt>${t.log.origin}</dt>
        <dd>${s?.origin??t.unknown}</dd>
        <dt>${t.log.size}</dt>
        <dd data-value="size">${s===null?t.unknown:r.number(Pa(s.size))}</dd>
        <dt>${t.log.root}</dt>
        <dd><code title=${s?.root??""}>${s===null?t.unknown:tu(s.root)}</code></dd>
        <dt>${t.log.age}</dt>
        <dd>${r.age(this.ageMs)}</dd>
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
        .head=${{size:s===null?null:Pa(s.size),ageMs:this.ageMs}}
        .now=${this.now}
        .names=${this.names}
        @accept-policy=${()=>this.ask("accept-policy")}
      ></witness-panel>
    </section>`}status(){let{t,f:r}=this.words,{status:o}=this.log;switch(o.kind){case"waiting":return f`<strong>${t.log.waiting}</strong>`;case"checking":return f`<strong>${t.log.checking(r.number(o.done),r.number(o.size))}</strong>`;case"verified":{let{size:s,hashed:i,milliseconds:a,continues:l}=o,[d,c]=[r.number(s),r.number(Math.max(1,Math.round(a)))],u=i===s?t.log.verifiedAll(d,c):i===0?t.log.verifiedSame(d):t.log.verifiedRest(d,r.number(i),c);return f`<strong>${t.log.verified} ✓</strong>
          <p>${u}</p>
          ${l===null||l===0||l===s?g:f`<p>${t.log.continues(r.number(l))}</p>`}`}case"unreachable":return f`<strong>${t.log.unreachable}</strong>
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
          </details>`}}ask(t){this.dispatchEvent(new Event(t))}};En.properties={log:{attribute:!1},fingerprint:{attribute:!1},ageMs:{attribute:!1},witnesses:{attribute:!1},witnessed:{attribute:!1},mirrors:{attribute:!1},now:{attribute:!1},names:{attribute:!1}},En.styles=[se,ne`
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
    `];function Pa(n){return/^[0-9]{1,15}$/.test(n)?Number(n):null}function tu(n){return n.length>20?`${n.slice(0,8)}…${n.slice(-8)}`:n}customElements.define("log-panel",En);var Lr="c2sp.org/tlog-proof@v1",Ia=63,nu=12e5;function Da(n){if(n.length>nu)throw new v("format",`a proof of ${n.length} bytes`);let e=n.findIndex((i,a)=>i===10&&n[a+1]===10);if(e<0)throw new v("format","a proof has an empty line before its head");let t=n.slice(0,e);if(t.some(i=>i>127))throw new v("format","a proof's own lines are ASCII");let r=new TextDecoder().decode(t).split(`
`);if(r.shift()!==Lr)throw new v("format",`a proof starts with ${Lr}`);r[0]?.startsWith("extra ")===!0&&Le(r.shift()?.slice(6)??"","the proof's extra data");let[o="",...s]=r;if(!o.startsWith("index "))throw new v("format","a proof tells the index of its entry");if(s.length>Ia)throw new v("format",`a proof's path has at most ${Ia} hashes`);return{index:Vn(o.slice(6),"the proof's index"),path:s.map(i=>Fe(Le(i,"a hash of the proof's path"))),checkpoint:n.slice(e+2)}}var Fa=16*1024,ru=1,ou=32,qa=32,za=16,su=3600,iu=1e5,au=7,lu=1,du=["unknown","grid","solar","battery","vehicle","wind","fuel_cell"],cu=[null,"gas"];function Ka(n){if(n.length>Fa)throw new j("encoding",`the file has ${n.length} bytes, a record at most ${Fa}`);let e=gt(n,"the file"),[t,r,o,...s]=Array.isArray(e)?e:[];if(!Ur(t)||!Ur(r)||!Ur(o)||s.length>0)throw new j("field","a record is [envelope, salt, body]");if(r.length!==ou)throw new j("field",`the salt has ${r.length} bytes`);return{entry:t,envelope:Sr(t),salt:r,body:o}}function Va({entry:n}){return ue($e(n))}function ja({envelope:n,salt:e,body:t}){if(!xe($e(be(e,t)),n.commitment))throw new j("commitment","SHA-256 of salt and body is not the commitment that the envelope has");let r=fu(t);if(n.kind==="supply"==(r.carrier===null))throw Me("a carrier belongs to records of a supply, and to them only");if(n.kind==="drill"&&!uu(r))throw Me("a drill's record names one report and the drill's level, is of a device to itself, and measures nothing");return r}function uu(n){let e=[n.imported,n.exported,n.millihertz,n.meter,n.price,n.logSize,n.secondsCount];return n.sender===n.receiver&&n.evidence.length===1&&(n.reason??"")!==""&&(n.errors&lu)===0&&n.meterStatus===0&&e.every(t=>t===null)}function fu(n){let e=new Qe(gt(n,"the body"),"the body");e.exactly(1,"version",ru);let t=s=>i=>mu(e.list(i,s),s),r={startMs:e.unsigned(2,"start"),endMs:e.unsigned(3,"end"),slotSeconds:e.unsigned(15,"slot length",su),sender:ue(e.bytes(5,"sender",za)),receiver:ue(e.bytes(6,"receiver",za)),energyWh:e.unsigned(7,"energy"),imported:e.optional(8,t("import register")),exported:e.optional(9,t("export register")),sources:gu(e.map(10,"sources")),millihertz:e.optional(11,s=>e.unsigned(s,"frequency",iu)),place:e.optional(12,s=>e.text(s,"place")),meterStatus:e.unsigned(13,"meter status",3),errors:e.unsigned(14,"error flags",au),price:e.optional(16,s=>e.unsigned(s,"price")),meter:e.optional(20,s=>e.text(s,"meter")),logSize:e.optional(21,s=>e.unsigned(s,"log size")),reason:e.optional(22,s=>e.text(s,"reason")),evidence:e.optional(19,s=>yu(e.list(s,"evidence")))??[],secondsCount:e.optional(18,s=>e.unsigned(s,"number of seconds")),carrier:e.optional(23,s=>pu(e.unsigned(s,"carrier")))};e.unsigned(4,"time status",3);let o=e.optional(17,s=>e.bytes(s,"root of the seconds",qa));if(e.end(),o===null!=(r.secondsCount===null))throw Me("the root of the seconds and their number go together");return hu(r),r}function hu({startMs:n,endMs:e,slotSeconds:t,sender:r,receiver:o,energyWh:s,sources:i}){let a=Object.values(i).reduce((l,d)=>l+d,0);if(n>e)throw Me("the interval ends before it starts");if(t<1)throw Me("a slot has at least one second");if(r===o&&s>0)throw Me("energy does not move from a device to itself");if(a!==s)throw Me(`the sources sum to ${a} Wh, not to the energy of ${s} Wh`)}function pu(n){let e=cu[n]??null;if(e===null)throw Me("the carrier is unknown");return e}function mu(n,e){let[t,r,...o]=n;if(typeof t!="number"||typeof r!="number"||t<0||o.length>0)throw Me(`${e} is not [begin, end] in Wh`);if(r<t)throw Me(`${e} runs backwards`);return{begin:t,end:r}}function gu(n){let e=[...n].map(([t,r])=>{let o=du[t];if(o===void 0||typeof r!="number"||r<=0)throw Me("a source is unknown or empty");return[o,r]});return Object.fromEntries(e)}function yu(n){let e=n.filter(Ur).filter(t=>t.length===qa);if(n.length===0||e.length<n.length)throw Me("evidence is not a list of hashes");return e.map(ue)}function Me(n){return new j("field",`the body: ${n}`)}function Ur(n){return n instanceof Uint8Array}function Wa(n){let e=new TextEncoder().encode(Lr);return xe(n.slice(0,e.length),e)}function Ya(n,e,t){let r=new Go,o=r.try("record",()=>Ka(n)),s=r.after("body",o,ja);r.after("building",o,({envelope:c})=>{if(c.building!==t.key.name)throw new oe("otherBuilding",`it is meant for ${c.building}, not for ${t.key.name}`)});let i=r.try("proof",()=>Da(e)),a=r.after("head",i,({checkpoint:c})=>Ht(c,t.key));r.after("place",o&&i&&a&&{sealed:o,proof:i,checkpoint:a},wu),r.after("device",o&&i&&{sealed:o,proof:i},c=>bu(c,t.keys));let l=r.after("witnesses",a&&i,c=>xu(c,t));r.after("here",o&&i&&{sealed:o,proof:i},c=>vu(c,t));let{checks:d}=r;return{checks:d,sealed:o,body:s,proof:i,checkpoint:a,cosignatures:r.cosignatures??l,tally:$u(t.policy,r.cosignatures??l),proven:d.every(({outcome:c})=>c!=="failed")}}var oe=class extends Error{constructor(t,r,o="failed",s=null){super(r);this.reason=t;this.outcome=o;this.cosignatures=s}},Go=class{constructor(){this.checks=[];this.cosignatures=null}try(e,t){try{let r=t();return this.checks.push({step:e,outcome:"passed",reason:null,detail:null}),r}catch(r){return r instanceof oe&&(this.cosignatures??=r.cosignatures),this.checks.push(Zo(e,r)),null}}after(e,t,r){return this.try(e,()=>{if(t===null)throw new oe("before","an earlier step has failed","open");return r(t)})}};function Zo(n,e){if(e instanceof oe)return{step:n,outcome:e.outcome,reason:e.reason,detail:e.message};if(e instanceof j)return{step:n,outcome:"failed",reason:e.code,detail:e.message};if(!(e instanceof v))throw e;let{code:t,message:r}=e;return{step:n,outcome:"failed",reason:t==="signature"||t==="origin"?t:"format",detail:r}}function wu({sealed:n,proof:e,checkpoint:t}){let{size:r,root:o}=t,s=Li(pr(n.entry),Xo(e,r));if(!xe(s,o))throw new oe("path","the record and the path lead to another root")}function Xo({index:n,path:e},t){if(n>=t)throw new oe("beyond",`the proof is for entry ${n}, its head has ${t} entries`);let r=Ni(t,n,e);if(r===null)throw new oe("pathLength",`${e.length} hashes do not lead from entry ${n} to the root of ${t}`);return r}function bu({sealed:n,proof:e},t){let{envelope:r}=n,{device:o}=r,s=Qo(o,e.index,t);if(r.keyId!==Pt(s))throw new oe("otherKey",`signed by key ${r.keyId}; device ${o} had ${Pt(s)} there`);if(!hn(r,s))throw new oe("notSigned",`the signature is not of key ${Pt(s)}`)}function Qo(n,e,t){if(e>=t.size)throw new oe("keysUnread",`${t.size} entries were read here`,"open");let r=t.keyAt(n,e===0?1:e);if(r===null)throw new oe("noKey",`the log names no key of device ${n} before entry ${e}`);return r}function xu({checkpoint:n},{policy:e,policyChanged:t}){if(e==="unknown")throw new oe("noPolicy","the policy could not be read","open");if(e==="none"||e.asksForNobody)throw new oe("noWitnesses","there is no policy","open");let{text:r,lines:o}=cn(n),s=Rr(r,o,e);if(s.wrong.length>0)throw new oe("wrongWitness",`wrong signature under the name of ${s.wrong.join(", ")}`,"failed",s);if(!e.isMet(new Set(s.times.keys()))){let i=t?"policyChanged":"tooFew";throw new oe(i,"the policy asks for more signatures","failed",s)}return s}function vu({sealed:n,proof:e},t){let r=t.holds(e.index,Va(n));if(r===null)throw new oe("notRemembered","only the newest entries are remembered","open");if(!r)throw new oe("otherRecord",`entry ${e.index} of the verified log is another record`)}function $u(n,e){return e===null||typeof n=="string"?[]:n.tally(new Set(e.times.keys()))}var Ga="browser",ku={ed25519:{imported:{name:"Ed25519"},verified:{name:"Ed25519"}},es256:{imported:{name:"ECDSA",namedCurve:"P-256"},verified:{name:"ECDSA",hash:"SHA-256"}}};function Za(){return globalThis.crypto?.subtle??null}async function Xa(n,e,t=Za()){let r=await Eu(n,e,t);return{...n,checks:[...n.checks,r],proven:n.proven&&r.outcome!=="failed"}}async function Eu({sealed:n,proof:e},t,r=Za()){try{if(r===null)throw new oe("notSecure","there is no crypto.subtle: no secure context","open");if(n===null||e===null)throw new oe("before","an earlier step has failed","open");return await Su(n,e,t,r),await _u(e,t,r),await Tu(n,e,t,r),{step:Ga,outcome:"passed",reason:null,detail:null}}catch(o){return Zo(Ga,o)}}async function Su(n,e,t,r){let{envelope:o,salt:s,body:i,entry:a}=n;if(!xe(await Jo(be(s,i),r),o.commitment))throw new oe("commitment","WebCrypto: SHA-256 of salt and body is not the envelope's commitment");let{size:l,root:d}=Oo($r(e.checkpoint,t.key).text,t.key),c=Xo(e,l),u=await Jo(To(a),r);for(let m of c)u=await Jo(m(u),r);if(!xe(u,d))throw new oe("path","WebCrypto: the record and the path lead to another root")}async function _u({checkpoint:n},{key:e},t){let{text:r,signatures:o}=$r(n,e);for(let s of o)if(!await Qa({algorithm:"ed25519",data:e.publicKey},s,r,t))throw new oe("signature",`WebCrypto: the signature of ${e.name} over this head is wrong`)}async function Tu({envelope:n},{index:e},{keys:t},r){let{device:o,algorithm:s,parts:i}=n,a=Qo(o,e,t);if(s!==a.algorithm||!await Qa(a,i.signature,Ho(i),r))throw new oe("notSigned",`WebCrypto: the signature is not of the key that device ${o} has there`)}async function Jo(n,e){return Fe(new Uint8Array(await e.digest("SHA-256",new Uint8Array(n))))}async function Qa({algorithm:n,data:e},t,r,o){let{imported:s,verified:i}=ku[n];try{let a=await o.importKey("raw",new Uint8Array(e),s,!1,["verify"]);return await o.verify(i,a,new Uint8Array(t),new Uint8Array(r))}catch(a){if(!(a instanceof DOMException))throw a;if(a.name==="NotSupportedError")throw new oe("noEd25519",a.message,"open");if(a.name==="DataError"||a.name==="OperationError")return!1;throw a}}var Au=2*1024*1024,Sn=class extends Z{constructor(){super();this.words=new re(this);this.turn=0;this.record=null,this.proof=null,this.report=null,this.trouble=null,this.over=!1}async checkFetched(t,r){this.clear();let o=this.turn;this.scrollIntoView({block:"nearest"});try{let[s,i]=await r;if(o!==this.turn)return;this.record={name:`${t}.etp`,data:s},this.proof={name:`${t}.tlog-proof`,data:i},await this.check()}catch(s){if(!Ru(s))throw s;if(o!==this.turn)return;this.trouble=s instanceof Ae?"erased":"unreachable"}await this.updateComplete,this.scrollIntoView({block:"nearest"})}render(){let{t}=this.words,{report:r}=this;return f`<section aria-labelledby="heading">
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
      <div role="status">${r===null?g:this.result(r)}</div>
    </section>`}files(){let{t}=this.words;if(this.record===null&&this.proof===null)return g;let r=(o,s)=>o===null?f`<li class="missing">– ${s}</li>`:f`<li>✓ ${o.name}</li>`;return f`<ul class="files">
      ${r(this.record,t.proof.missingRecord)} ${r(this.proof,t.proof.missingProof)}
    </ul>`}result(t){let{t:r}=this.words,{proven:o,checks:s,body:i,sealed:a}=t,l=s.filter(({outcome:d,detail:c})=>d==="failed"&&c!==null);return f`<p class="verdict ${o?"proven":"refused"}">
        ${o?f`${r.proof.proven} ✓`:f`${r.proof.refused} ✗`}
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
              <summary>${r.log.detail}</summary>
              ${l.map(({detail:d})=>f`<p>${d}</p>`)}
            </details>`}`}line(t,r){let{t:o}=this.words,{step:s,outcome:i,reason:a}=t,l={passed:"✓",failed:"✗",open:"–"}[i],d=a===null?this.more(t,r):this.reason(t,r);return f`<li class=${i} data-step=${s} data-outcome=${i} data-reason=${a??""}>
      <span class="mark" role="img" aria-label=${o.proof.outcomes[i]}>${l}</span>
      <span class="what">${o.proof.steps[s]}</span>
      ${d===null?g:f`<span class="why">${d}</span>`}
    </li>`}more({step:t},r){let{t:o,f:s}=this.words;return t==="place"&&r.proof!==null&&r.checkpoint!==null?o.proof.place(String(r.proof.index),s.number(r.checkpoint.size)):t==="witnesses"?this.tally(r):null}reason({reason:t},r){let{t:o}=this.words;if(t===null)return null;let s=o.proof.reasons[t];if(t==="tooFew")return`${this.tally(r)}${o.proof.stop}${s}`;if(t==="wrongWitness"){let i=r.cosignatures?.wrong??[];return`${s} ${i.map(a=>this.party(a)).join(o.witnesses.comma)}`}return s}tally({tally:t}){let{t:r,f:o}=this.words;return t.map(({group:s,signed:i,members:a,needed:l})=>{let d=[o.number(i),o.number(a),o.number(l)];return s==="flats"?r.proof.flats(...d):r.witnesses.outside(...d)}).join(r.proof.stop)}content(t,{envelope:r},o){let{t:s,f:i}=this.words,a=Object.entries(t.sources),l=c=>t.carrier===null?i.wattHours(c):i.litres(c),d=[[s.proof.imported,t.imported],[s.proof.exported,t.exported]];return f`<h3>${s.proof.says}</h3>
      ${o?g:f`<p class="unverified">${s.proof.saysUnproven}</p>`}
      <dl>
        <dt>${s.records.kind}</dt>
        <dd>${s.records.kinds[r.kind]??r.kind}</dd>
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
        ${r.kind!=="drill"?g:f`<dt>${s.proof.drillLevel}</dt>
                <dd data-value="level">${(t.reason??"").toUpperCase()}</dd>
                <dt>${s.proof.drillReport}</dt>
                <dd><code data-value="report">${t.evidence[0]}</code></dd>`}
        ${t.price===null?g:f`<dt>${s.slots.price}</dt>
                <dd>${i.price(t.price)}</dd>`}
        ${t.meter===null?g:f`<dt>${s.proof.meter}</dt>
                <dd>${t.meter}</dd>`}
        ${t.meterStatus===0&&t.errors===0?g:f`<dt>${s.proof.remarks}</dt>
                <dd>${this.remarks(t)}</dd>`}
        <dt>${s.proof.signedBy}</dt>
        <dd>${this.device(r.device)}</dd>
      </dl>`}remarks({meterStatus:t,errors:r}){let{t:o}=this.words,s=o.proof.errorFlags.filter((i,a)=>(r&1<<a)!==0);return[o.proof.meterStatus[t]??"",...s].filter(i=>i!=="").join(o.witnesses.comma)}device(t){let r=this.names.get(t);return f`${r===void 0?g:f`<div>${this.party(t)}</div>`}<code
        >${t.slice(0,16)}<wbr />${t.slice(16)}</code
      >`}party(t){let{t:r}=this.words,o=this.names.get(t);return o===void 0?t.slice(0,16):r.records.parties[o]??r.picture.flat(o)}hover(t,r){t.preventDefault(),this.over=r}drop(t){t.preventDefault(),this.over=!1,this.take([...t.dataTransfer?.files??[]])}pick(t){let r=t.target,o=[...r.files??[]];r.value="",this.take(o)}async take(t){(this.report!==null||t.length>1)&&this.clear(),this.trouble=null;let r=this.turn;for(let o of t){if(o.size>Au){this.trouble="tooLarge";continue}let s=await Bu(o);if(r!==this.turn)return;s===null?this.trouble="unreadable":Wa(s)?this.proof={name:o.name,data:s}:this.record={name:o.name,data:s}}await this.check()}async check(){let{record:t,proof:r}=this;if(t===null||r===null)return;let o=this.turn,s=await this.known();if(o!==this.turn)return;if(s===null){this.trouble="notKnown";return}let i=await Xa(Ya(t.data,r.data,s),s);o===this.turn&&t===this.record&&r===this.proof&&(this.report=i)}clear(){this.turn+=1,this.record=null,this.proof=null,this.report=null,this.trouble=null}};Sn.properties={known:{attribute:!1},names:{attribute:!1},record:{state:!0},proof:{state:!0},report:{state:!0},trouble:{state:!0},over:{state:!0}},Sn.styles=[se,ne`
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
    `];function Ru(n){return[Ae,ke,je].some(e=>n instanceof e)}async function Bu(n){try{return new Uint8Array(await n.arrayBuffer())}catch(e){if(e instanceof DOMException)return null;throw e}}customElements.define("proof-check",Sn);var _n=class extends Z{constructor(){super();this.words=new re(this);this.seen=null;this.newest=null;this.all=!1}willUpdate(t){!t.has("records")||this.records===null||(this.seen=this.newest??this.records[0]?.index??-1,this.newest=this.records[0]?.index??-1)}render(){let{t}=this.words,r=this.records?.filter(o=>this.all||!Ou(o))??[];return f`<section aria-labelledby="heading">
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
      ${this.records===null?f`<p class="quiet">${t.loading}</p>`:r.length===0?f`<p class="quiet">${this.records.length===0?t.records.none:t.records.onlyEmpty}</p>`:this.table(r)}
    </section>`}table(t){let{t:r}=this.words;return f`<div class="scroll" tabindex="0" role="region" aria-labelledby="heading">
      <table role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" class="number">${r.records.index}</th>
            <th role="columnheader" scope="col">${r.records.kind}</th>
            <th role="columnheader" scope="col">${r.records.slot}</th>
            <th role="columnheader" scope="col">${r.records.route}</th>
            <th role="columnheader" scope="col" class="number">${r.records.energy}</th>
            <th role="columnheader" scope="col">${r.records.sources}</th>
            <th role="columnheader" scope="col" class="number">${r.records.frequency}</th>
            <th role="columnheader" scope="col" class="number">${r.records.inLog}</th>
            <th role="columnheader" scope="col"><span class="unseen">${r.records.verify}</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${bn(t,({index:o})=>o,o=>this.row(o))}
        </tbody>
      </table>
    </div>`}row(t){let{t:r,f:o}=this.words,s=this.seen!==null&&t.index>this.seen,i=r.records.kinds[t.kind]??t.kind,a=this.serverNow??t.time_ms;return f`<tr role="row" class=${s?"fresh":""} data-index=${t.index}>
      <td role="cell" class="number index">${t.index}</td>
      <td role="cell" class="kinds"><span class="kind ${t.kind}">${i}</span></td>
      <td role="cell" class="slot">${o.moment(t.slot*1e3,a)}</td>
      <td role="cell" class="route">
        ${this.party(t.sender)}<span class="arrow" aria-label=${r.records.to}>→</span
        >${this.party(t.receiver)}
      </td>
      <td role="cell" class="number energy">${o.energy(t.energy_wh)}</td>
      <td role="cell" class="colours">${this.sources(t)}</td>
      <td role="cell" class="number hz">${o.frequency(t.frequency_hz)}</td>
      <td role="cell" class="number log">${this.mark(t)}</td>
      <td role="cell" class="number check">
        <button
          class="verify"
          aria-label=${r.records.verifyHelp(t.index)}
          @click=${()=>this.verify(t.index)}
        >
          ${r.records.verify}
        </button>
      </td>
    </tr>`}verify(t){this.dispatchEvent(new CustomEvent("verify-record",{detail:t}))}party(t){let{t:r}=this.words;return t===null?r.unknown:r.records.parties[t]??t}sources({sources:t}){let{t:r,f:o}=this.words,s=Object.entries(t??{});return s.length===0?r.unknown:f`<span class="sources"
      >${s.map(([i,a])=>f`<span class="chip ${i}"
            ><i></i
            >${r.records.sourceNames[i]??i}${s.length>1?f` ${o.energy(a)}`:g}</span
          >`)}</span
    >`}mark(t){let{t:r}=this.words;switch(this.holds(t)){case!0:return f`<span class="held" role="img" aria-label=${r.records.held} title=${r.records.held}>✓</span>`;case!1:return f`<span class="bad" role="img" aria-label=${r.records.notHeld} title=${r.records.notHeld}>✗</span>`;case null:return f`<span role="img" aria-label=${r.records.notChecked} title=${r.records.notChecked}
          >${r.unknown}</span
        >`}}};_n.properties={records:{attribute:!1},serverNow:{attribute:!1},log:{attribute:!1},holds:{attribute:!1},all:{state:!0}},_n.styles=[se,ne`
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
    `];function Ou({kind:n,energy_wh:e}){return(n==="interval"||n==="transfer")&&e===0}customElements.define("record-table",_n);var es=48,Tn=352,Hr=132,Ja=16,Cu=48,An=Tn/es,Rn=class extends Z{constructor(){super();this.words=new re(this);this.chosen=null}render(){let{t}=this.words,r=this.slots?.[0];return f`<section aria-labelledby="heading">
      <h2 id="heading">${t.slots.heading}</h2>
      ${this.slots===null?f`<p class="quiet">${t.loading}</p>`:r===void 0?f`<p class="quiet">${t.slots.none}</p>`:this.filled(this.slots,r)}
    </section>`}filled(t,r){let{t:o}=this.words,s=Nu(t,r),i=s.find(({slot:a})=>a.slot===this.chosen)??s[0];return f`
      ${this.chart(s,i)}
      <ul>
        <li><i class="shared"></i>${o.slots.shared}</li>
        <li><i class="grid"></i>${o.slots.fromGrid}</li>
        <li><i class="surplus"></i>${o.slots.surplus}</li>
      </ul>
      ${i===void 0?g:this.figures(i)} ${this.table(s)}
    `}chart(t,r){let{t:o,f:s}=this.words,i=Math.max(1,...t.map(({energy:u})=>u.shared+u.fromGrid)),a=Math.max(0,...t.map(({energy:u})=>u.surplus)),l=(Hr-Ja-14)/(i+a),d=14+i*l,c=Mu([t[0],t.at(-1),t[Math.floor(t.length/2)]]);return f`<svg viewBox="0 0 ${Tn} ${Hr}" role="img" aria-label=${o.slots.label(t.length)}>
      <path class="guide" d="M0 ${14 .toFixed(1)}H${Tn}" />
      <text x="0" y="10">${s.energy(i)}</text>
      ${t.map(u=>this.bar(u,d,l,u===r))}
      <path class="zero" d="M0 ${d.toFixed(1)}H${Tn}" />
      ${c.map(({x:u,slot:m})=>{let h=u<30?"start":u>Tn-30?"end":"middle",x=h==="start"?u:h==="end"?u+An:u+An/2;return he`<text x=${x.toFixed(1)} y=${Hr-3} text-anchor=${h}>${s.time(m.slot*1e3)}</text>`})}
    </svg>`}bar({slot:t,energy:r,x:o},s,i,a){let l=(An-1.4).toFixed(2),[d,c,u]=[r.shared,r.fromGrid,r.surplus].map(m=>m*i);return he`<g data-slot=${t.slot}>
      <rect class="grid" x=${o.toFixed(2)} y=${(s-d-c).toFixed(2)} width=${l} height=${c.toFixed(2)} />
      <rect class="shared" x=${o.toFixed(2)} y=${(s-d).toFixed(2)} width=${l} height=${d.toFixed(2)} />
      <rect class="surplus" x=${o.toFixed(2)} y=${s.toFixed(2)} width=${l} height=${u.toFixed(2)} />
      <rect class="hit ${a?"chosen":""}" x=${(o-.7).toFixed(2)} y="0" width=${An.toFixed(2)} height=${Hr-Ja}
        @pointerenter=${()=>this.choose(t)} @click=${()=>this.choose(t)} />
    </g>`}choose(t){this.chosen=t===this.slots?.[0]?null:t.slot}figures({slot:t,energy:r}){let{t:o,f:s}=this.words,i=r.shared+r.fromGrid,a=i===0?null:r.shared/i*100,l=(d,c)=>f`<div>
        <dt>${d}</dt>
        <dd>${c}</dd>
      </div>`;return f`
      <dl class="one">
        <div class="whole">
          <dt>${o.slots.time}</dt>
          <dd>${s.slot(t.slot,t.seconds,this.serverNow??t.settled_ms)}</dd>
        </div>
        ${l(o.slots.shared,s.energy(r.shared))} ${l(o.slots.price,s.price(xa(t)))}
        ${l(o.slots.fromGrid,s.energy(r.fromGrid))} ${l(o.slots.surplus,s.energy(r.surplus))}
        ${l(o.slots.common,s.energy(t.common_wh))} ${l(o.slots.loss,s.energy(t.loss_wh))}
        <div class="whole">
          <dt>${o.slots.ratio}</dt>
          <dd>${s.percent(a)}</dd>
        </div>
      </dl>
      ${t.missing.length===0?g:f`<p class="missing">${o.slots.missing(t.missing.join(", "))}</p>`}
    `}table(t){let{t:r,f:o}=this.words;return f`<div class="unseen">
      <table>
        <caption>
          ${r.slots.label(t.length)}
        </caption>
        <tr>
          <th scope="col">${r.slots.time}</th>
          <th scope="col">${r.slots.shared}</th>
          <th scope="col">${r.slots.fromGrid}</th>
          <th scope="col">${r.slots.surplus}</th>
        </tr>
        ${t.map(({slot:s,energy:i})=>f`<tr>
              <th scope="row">${o.slot(s.slot,s.seconds,this.serverNow??s.settled_ms)}</th>
              <td>${o.energy(i.shared)}</td>
              <td>${o.energy(i.fromGrid)}</td>
              <td>${o.energy(i.surplus)}</td>
            </tr>`)}
      </table>
    </div>`}};Rn.properties={slots:{attribute:!1},serverNow:{attribute:!1},chosen:{state:!0}},Rn.styles=[se,ne`
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
    `];function Mu(n){let e=[];for(let t of n)t!==void 0&&e.every(({x:r})=>Math.abs(r-t.x)>=Cu)&&e.push(t);return e}function Nu(n,e){return n.map(t=>({slot:t,energy:ba(t),behind:Math.round((e.slot-t.slot)/e.seconds)})).filter(({behind:t})=>t<es).map(({slot:t,energy:r,behind:o})=>({slot:t,energy:r,x:(es-1-o)*An+.7}))}customElements.define("slot-chart",Rn);var Bn=class extends Z{constructor(){super();this.words=new re(this);this.store=null;this.known=()=>this.store?.known()??Promise.resolve(null);this.ask=(t,r)=>this.store?.ask(t,r)??Promise.resolve();this.snapshot=Vo,this.clock=performance.now()}connectedCallback(){super.connectedCallback(),document.documentElement.lang=_e.language,this.store=new Or(t=>{this.snapshot=t,this.clock=performance.now()}),this.store.start(),this.timer=setInterval(()=>{this.clock=performance.now()},1e3)}disconnectedCallback(){super.disconnectedCallback(),this.store?.stop(),clearInterval(this.timer)}updated(){let t=this.snapshot.building?.name;document.title=t===void 0?"Local VPP":this.words.t.title(t)}verify(t){let r=this.store?.fetchProven(t),o=this.renderRoot.querySelector("proof-check");r!==void 0&&o?.checkFetched(t,r)}held(t){let{t:r}=this.words,o=t?.log??null;return o===null||o.held===null?g:(o.objections??[]).some(({kind:s})=>s==="ahead")?f`<p class="notice" role="alert" data-kind="held">
      ${r.connection.setBack} <code>local-vpp ledger rebuild building.yaml --from MIRROR --recovery-key FILE</code>
    </p>`:f`<p class="notice" role="status" data-kind="held">${r.connection.held}</p>`}render(){let{t}=this.words,{building:r,state:o,stateAt:s,records:i,slots:a,connection:l,log:d,headMs:c,unreadable:u}=this.snapshot,{witnesses:m,witnessed:h,mirrors:x}=this.snapshot,w=o===null?null:o.time_ms+(this.clock-s),k=new Map(o?.flats.flatMap(({device:R,flat:b})=>R===null?[]:[[R,b]])??[]),N=l.kind==="restricted";return f`
      <header>
        <div>
          <div class="product">${t.product}</div>
          <h1>${r?.name??t.loading}</h1>
        </div>
        <div class="right">
          <connection-state .connection=${l} .clock=${this.clock}></connection-state>
          <button
            class="language"
            lang=${_e.language==="ja"?"en":"ja"}
            aria-label=${t.languageLabel}
            @click=${()=>_e.change(_e.language==="ja"?"en":"ja")}
          >
            ${t.language}
          </button>
        </div>
      </header>
      ${N?f`<p class="notice">${t.connection.restrictedHelp}</p>`:g}
      ${u===null?g:f`<p class="notice" role="alert">${t.connection.unreadable(u.event,u.problem)}</p>`}
      ${this.held(o)}
      <alarm-list
        .conflicts=${o?.conflicts??[]}
        .objections=${h?.objections??[]}
        .nextKeyHere=${o?.next_key_here??!1}
        .now=${w??Date.now()}
        .names=${k}
      ></alarm-list>
      <main>
        <div class="wide">
          ${N?g:f`
                  <flow-picture
                    .state=${o}
                    .slots=${a}
                    .stale=${l.kind!=="live"}
                    .silentMs=${this.clock-s}
                  ></flow-picture>
                  <blackout-panel
                    .blackout=${o?.blackout??null}
                    .flats=${o?.flats??[]}
                    .now=${w??Date.now()}
                    .ask=${this.ask}
                  ></blackout-panel>
                  <record-table
                    .records=${i}
                    .serverNow=${w}
                    .log=${d}
                    @verify-record=${R=>this.verify(R.detail)}
                    .holds=${R=>this.store?.holds(R)??null}
                  ></record-table>
                `}
          <proof-check .known=${this.known} .names=${k}></proof-check>
        </div>
        <div class="side">
          ${N?g:f`
                  <building-now
                    .state=${o}
                    .slotSeconds=${r?.slot_seconds??null}
                    .serverNow=${w}
                  ></building-now>
                  <slot-chart .slots=${a} .serverNow=${w}></slot-chart>
                `}
          <log-panel
            .log=${d}
            .fingerprint=${r?.fingerprint??null}
            .ageMs=${c===null||w===null?null:w-c}
            .witnesses=${m}
            .witnessed=${h}
            .mirrors=${x}
            .now=${w??Date.now()}
            .names=${k}
            @verify-all=${()=>this.store?.verifyAll()}
            @forget-log=${()=>this.store?.forgetLog()}
            @accept-policy=${()=>this.store?.acceptPolicy()}
          ></log-panel>
        </div>
      </main>
    `}};Bn.properties={snapshot:{state:!0},clock:{state:!0}},Bn.styles=[se,ne`
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
    `];customElements.define("building-page",Bn);
